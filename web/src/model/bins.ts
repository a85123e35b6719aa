// The timeline's buckets, merged to as many bars as there is room for.
import type { SeriesName, Timeline } from "./report";
import { parseTime } from "../time";

export interface Bin extends Record<SeriesName, number> {
  /** Milliseconds. */
  from: number;
  to: number;
}

/** From the axis upwards, the strongest evidence first. */
export const TRACK_SERIES = [
  "track-read",
  "track-opened",
  "track-listed",
  "track-denied",
  "track-changed",
] as const;

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
/** Widths a reader can name. */
const WIDTHS = [1, 2, 5, 10, 15, 30]
  .concat([1, 2, 5, 10, 15, 30].map((m) => m * MINUTE))
  .concat([1, 2, 3, 4, 6, 8, 12].map((h) => h * HOUR))
  .concat([1, 2, 7, 14, 28, 91, 182, 364].map((d) => d * DAY));

/** Seconds a bar covers: a multiple of the bucket, so that no bucket is split. */
export function binWidth(bucket: number, span: number, maxBins: number): number {
  const least = Math.max(bucket, span / maxBins);
  const named = WIDTHS.find((w) => w >= least && w % bucket === 0);
  return named ?? Math.ceil(least / bucket) * bucket;
}

export interface Span {
  from: number;
  to: number;
}

/** The time the timeline covers, or null if it is empty. */
export function timelineSpan(t: Timeline): Span | null {
  const from = parseTime(t.start);
  const n = Math.max(0, ...t.series.map((s) => s.values.length));
  if (Number.isNaN(from) || n === 0 || !(t.bucket_s > 0)) return null;
  return { from, to: from + n * t.bucket_s * 1000 };
}

/** Bars over `span`. Those of an hour and more begin at full hours or days of the zone. */
export function makeBins(t: Timeline, span: Span, maxBins: number, zoneMinutes: number): Bin[] {
  const whole = timelineSpan(t);
  if (whole === null) return [];
  const bucket = t.bucket_s * 1000;
  const width = binWidth(t.bucket_s, (span.to - span.from) / 1000, maxBins) * 1000;
  const zone = zoneMinutes * 60_000;
  const base = width >= HOUR * 1000 ? Math.floor((span.from + zone) / width) * width - zone : span.from;
  const n = Math.max(1, Math.ceil((span.to - base) / width));
  const bins: Bin[] = Array.from({ length: n }, (_, i) => ({
    from: base + i * width,
    to: base + (i + 1) * width,
    others: 0,
    "track-read": 0,
    "track-opened": 0,
    "track-listed": 0,
    "track-denied": 0,
    "track-changed": 0,
  }));
  for (const { name, values } of t.series) {
    values.forEach((value, i) => {
      const bin = bins[Math.floor((whole.from + i * bucket - base) / width)];
      if (bin !== undefined && name in bin) bin[name] += value;
    });
  }
  return bins;
}

export function trackTotal(bin: Bin): number {
  return TRACK_SERIES.reduce((sum, name) => sum + bin[name], 0);
}
