import assert from "node:assert/strict";
import { test } from "node:test";

import { scaleUtc } from "d3-scale";

import type { Bin } from "../src/model/bins";
import { binWidth, makeBins, timelineSpan, trackTotal } from "../src/model/bins";
import type { Coverage, Report, Timeline } from "../src/model/report";
import { coverageByServer } from "../src/model/spans";
import { parseTime } from "../src/time";
import { axisTicks } from "../src/view/timeline/axis";
import { barSegments, needsRoot } from "../src/view/timeline/layout";

const START = "2026-11-20T00:30:00+09:00";
const timeline = (bucket_s: number, n: number): Timeline => ({
  bucket_s,
  start: START,
  series: [
    { name: "others", values: new Array<number>(n).fill(2) },
    { name: "track-read", values: new Array<number>(n).fill(1) },
  ],
});
const bin = (read: number, listed: number, denied = 0): Bin => ({
  from: 0,
  to: 1,
  others: 0,
  "track-read": read,
  "track-opened": 0,
  "track-listed": listed,
  "track-denied": denied,
  "track-changed": 0,
});

test("bars are as wide as a reader can name, and no bucket is split", () => {
  assert.equal(binWidth(60, 3600, 100), 60);
  assert.equal(binWidth(60, 86400, 100), 900);
  assert.equal(binWidth(3600, 400 * 86400, 250), 2 * 86400);
  assert.equal(binWidth(70, 7000, 10) % 70, 0);
});

test("merging buckets loses nothing", () => {
  for (const [bucket, n, max] of [
    [60, 43, 200],
    [60, 5000, 100],
    [3600, 9648, 250],
    [7, 999, 50],
  ] as const) {
    const t = timeline(bucket, n);
    const bins = makeBins(t, timelineSpan(t)!, max, 540);
    assert.equal(
      bins.reduce((s, b) => s + b.others, 0),
      2 * n,
    );
    assert.equal(
      bins.reduce((s, b) => s + trackTotal(b), 0),
      n,
    );
    assert.ok(bins.length <= max + 1);
  }
});

test("bars of a day begin at midnight of the zone", () => {
  const t = timeline(3600, 24 * 300);
  const bins = makeBins(t, timelineSpan(t)!, 400, 540);
  assert.equal(bins[0]?.from, parseTime("2026-11-20T00:00:00+09:00"));
  assert.equal(bins[0]!.to - bins[0]!.from, 86400e3);
});

test("an empty timeline has no span", () => {
  assert.equal(timelineSpan({ bucket_s: 60, start: null, series: [] }), null);
  assert.equal(timelineSpan({ bucket_s: 60, start: START, series: [] }), null);
  assert.equal(timelineSpan({ ...timeline(60, 3), bucket_s: 0 }), null);
});

test("bars are cut in proportion; small parts stay visible", () => {
  const l = { barsBottom: 100, y: ((n: number) => 100 - n / 10) as never };
  const parts = barSegments(bin(500, 499, 1), l);
  assert.deepEqual(
    parts.map((p) => p.name),
    ["track-read", "track-listed", "track-denied"],
  );
  assert.ok(parts.every((p) => p.height >= 1.4));
  assert.ok(Math.abs(parts.reduce((s, p) => s + p.height, 0) - 100) < 0.01);
  assert.deepEqual(
    barSegments(bin(1, 9), l).map((p) => p.name),
    ["track-read"],
  );
  assert.deepEqual(barSegments(bin(0, 0), l), []);
});

test("the root scale is for many small bars beside a large one", () => {
  assert.equal(needsRoot([bin(1, 0), bin(1, 0), bin(2, 0), bin(500, 0)]), true);
  assert.equal(needsRoot([bin(300, 0), bin(400, 0), bin(350, 0), bin(500, 0)]), false);
  assert.equal(needsRoot([]), false);
});

test("ticks name days as days", () => {
  const day = Date.UTC(2026, 10, 20);
  const labels = axisTicks(scaleUtc([day, day + 2 * 86400e3], [0, 100]), 8).map((t) => t.label);
  assert.equal(labels[0], "11-20");
  assert.ok(labels.includes("06:00") || labels.includes("12:00"));
});

test("coverage: gaps lie above, open ends reach the edge", () => {
  const c = (state: Coverage["state"], from: string | null, to: string | null): Coverage => ({
    server: "a",
    from,
    to,
    state,
    reason: "",
  });
  const report = { coverage: [c("gap", START, START), c("observed", null, null)] } as unknown as Report;
  const spans = coverageByServer(report, { from: 1, to: 9 }).get("a")!;
  assert.deepEqual(
    spans.map((s) => s.coverage.state),
    ["observed", "gap"],
  );
  assert.deepEqual([spans[0]!.from, spans[0]!.to], [1, 9]);
});

test("opened files are part of the bars", () => {
  const series = ["others", "track-listed", "track-opened", "track-read", "track-denied", "track-changed"] as const;
  const t: Timeline = {
    bucket_s: 60,
    start: START,
    series: series.map((name, i) => ({ name, values: [10 ** i] })),
  };
  const [bar] = makeBins(t, timelineSpan(t)!, 100, 540);
  assert.equal(bar!["track-opened"], 100);
  assert.equal(trackTotal(bar!), 111110);
});

test("the first clock on the axis says of which day, and none is repeated", () => {
  const noon = Date.UTC(2026, 10, 20, 12);
  const labels = axisTicks(scaleUtc([noon, noon + 3600e3], [0, 100]), 6).map((t) => t.label);
  assert.equal(labels[0], "11-20 12:00");
  assert.equal(labels[1], "12:15");
  const brief = axisTicks(scaleUtc([noon, noon + 1500], [0, 100]), 8).map((t) => t.label);
  assert.deepEqual(brief, [...new Set(brief)]);
});
