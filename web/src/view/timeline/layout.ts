// Where everything of the timeline picture lies. No elements are made here.
import type { ScaleContinuousNumeric, ScaleTime } from "d3-scale";
import { scaleLinear, scaleSqrt, scaleUtc } from "d3-scale";

import type { Bin, Span } from "../../model/bins";
import { TRACK_SERIES, trackTotal } from "../../model/bins";
import type { Finding, Report, SeriesName, Severity } from "../../model/report";
import { parseTime } from "../../time";

export interface Layout {
  width: number;
  height: number;
  /** No track has an access here: everyone else gets the room. */
  empty: boolean;
  root: boolean;
  left: number;
  right: number;
  /** Rows from the top: findings, track spans, bars, axis, everyone else. */
  findingsY: number;
  lanesTop: number;
  barsTop: number;
  barsBottom: number;
  othersTop: number;
  othersBottom: number;
  /** Of milliseconds shifted into the zone of the case. */
  x: ScaleTime<number, number>;
  y: ScaleContinuousNumeric<number, number>;
  others: ScaleContinuousNumeric<number, number>;
  mostOthers: number;
}

const LANE = 14;
export const MAX_LANES = 5;

export interface LayoutOptions {
  width: number;
  bins: readonly Bin[];
  lanes: number;
  /** Something stands above the bars. */
  marks: boolean;
  /** Bar heights by square root, so that a quiet year beside a loud day is seen. */
  root: boolean;
  /** Milliseconds east of Greenwich. */
  zone: number;
}

export function makeLayout({ width, bins, lanes, marks, root, zone }: LayoutOptions): Layout {
  const narrow = width < 560;
  const left = narrow ? 40 : 56;
  const right = 12;
  const findingsY = marks ? 40 : 0;
  const lanesTop = findingsY + 14;
  const barsTop = lanesTop + lanes * LANE + 16;
  const max = (of: (b: Bin) => number) => bins.reduce((m, b) => Math.max(m, of(b)), 0);
  const mostOthers = max((b) => b.others);
  const empty = max(trackTotal) === 0;
  const barsBottom = barsTop + (empty ? 20 : narrow ? 120 : 160);
  const othersTop = barsBottom + 24;
  const othersBottom = othersTop + (empty ? 110 : 44);
  return {
    width,
    height: othersBottom + 18,
    empty,
    root,
    left,
    right,
    findingsY,
    lanesTop,
    barsTop,
    barsBottom,
    othersTop,
    othersBottom,
    x: scaleUtc([bins[0]!.from + zone, bins[bins.length - 1]!.to + zone], [left, width - right]),
    y: (root ? scaleSqrt : scaleLinear)([0, max(trackTotal) || 1], [barsBottom, barsTop]).nice(4),
    others: scaleLinear([0, mostOthers || 1], [othersTop, othersBottom]),
    mostOthers,
  };
}

export interface Lane {
  id: string;
  y: number;
  spans: Span[];
}

/** A thin line a track: when which of its parts was active. */
export function trackLanes(report: Report, layout: Pick<Layout, "lanesTop">): Lane[] {
  return report.tracks
    .filter((t) => t.status !== "rejected")
    .slice(0, MAX_LANES)
    .map((t, i) => ({
      id: t.id,
      y: layout.lanesTop + i * LANE,
      spans: t.parts
        .map((p) => ({ from: parseTime(p.from ?? t.first), to: parseTime(p.to ?? t.last) }))
        .filter((s) => s.from <= s.to),
    }));
}

export interface Marker {
  at: number;
  severity: Severity;
  findings: Finding[];
}

const RANK: Record<Severity, number> = { high: 3, medium: 2, low: 1 };

/** Findings closer than a marker's width share one, drawn as the worst of them. */
export function findingMarkers(findings: readonly Finding[], position: (ms: number) => number): Marker[] {
  const placed = findings
    .map((finding) => ({ finding, at: position(parseTime(finding.time)) }))
    .filter(({ at }) => !Number.isNaN(at))
    .sort((a, b) => a.at - b.at);
  // Many need room for their numbers.
  const nearest = placed.length > 24 ? 28 : 14;
  const out: Marker[] = [];
  for (const { finding, at } of placed) {
    const last = out[out.length - 1];
    if (last !== undefined && at - last.at < nearest) {
      last.findings.push(finding);
      if (RANK[finding.severity] > RANK[last.severity]) last.severity = finding.severity;
    } else {
      out.push({ at, severity: finding.severity, findings: [finding] });
    }
  }
  return out;
}

/** True if most bars would vanish beside the largest one. */
export function needsRoot(bins: readonly Bin[]): boolean {
  const totals = bins
    .map(trackTotal)
    .filter((n) => n > 0)
    .sort((a, b) => a - b);
  const median = totals[totals.length >> 1] ?? 0;
  return totals.length > 3 && (totals[totals.length - 1] ?? 0) > 40 * median;
}

export interface Segment {
  name: SeriesName;
  y: number;
  height: number;
}

const LEAST = 1.5;

/** A bar cut in proportion to its parts. A single denied file among hundreds
 *  read is still seen; a bar too low to cut shows its strongest evidence. */
export function barSegments(bin: Bin, l: Pick<Layout, "y" | "barsBottom">): Segment[] {
  const total = trackTotal(bin);
  const present = TRACK_SERIES.filter((name) => bin[name] > 0);
  const height = Math.max(LEAST, l.barsBottom - l.y(total));
  if (height < present.length * LEAST * 2)
    return present.slice(0, 1).map((name) => ({ name, y: l.barsBottom - height, height }));
  const wanted = present.map((name) => Math.max(LEAST, (height * bin[name]) / total));
  const sum = wanted.reduce((a, b) => a + b, 0);
  let y = l.barsBottom;
  return present.map((name, i) => {
    const part = (wanted[i]! * height) / sum;
    y -= part;
    return { name, y, height: part };
  });
}
