// Draws the timeline as SVG from a layout.
import type { Context } from "../../context";
import { newId, svg } from "../../dom";
import type { Bin, Span } from "../../model/bins";
import type { CoverageState, Phase } from "../../model/report";
import { coverageByServer } from "../../model/spans";
import { plain } from "../../text/inert";
import { formatTime, parseTime } from "../../time";
import { phaseClass } from "../phases";
import { rangeText } from "../show";
import { axisTicks } from "./axis";
import type { Layout } from "./layout";
import { barSegments, findingMarkers, trackLanes } from "./layout";

const DAY = 86_400_000;
const round = (n: number) => Math.round(n * 100) / 100;

type X = (ms: number) => number;

/** Where at least one server is in this state, as few bands as possible. */
function bandsOf(ctx: Context, shown: Span, state: CoverageState): Span[] {
  const bands = [...coverageByServer(ctx.report, shown).values()]
    .flat()
    .filter(({ coverage }) => coverage.state === state)
    .filter((s) => s.from < shown.to && (s.to > shown.from || s.from === s.to))
    .map((s) => ({ from: Math.max(s.from, shown.from), to: Math.min(s.to, shown.to) }))
    .sort((a, b) => a.from - b.from);
  const out: Span[] = [];
  for (const band of bands) {
    const last = out[out.length - 1];
    if (last !== undefined && band.from <= last.to) last.to = Math.max(last.to, band.to);
    else out.push(band);
  }
  return out;
}

function gaps(ctx: Context, l: Layout, x: X, shown: Span): SVGElement[] {
  return (["unknown", "gap"] as const).flatMap((state) =>
    bandsOf(ctx, shown, state).map(({ from, to }) =>
      svg("rect", {
        class: `band cov-${state}`,
        x: round(x(from)),
        width: Math.max(1.5, round(x(to) - x(from))),
        y: l.barsTop,
        height: l.othersBottom - l.barsTop,
      }),
    ),
  );
}

/** Labels at the edges stay inside the picture. */
function anchor(l: Layout, at: number, label: string): string {
  const half = label.length * 3.5;
  if (at > l.width - half) return "end";
  return at < half ? "start" : "middle";
}

function axes(ctx: Context, l: Layout): SVGElement[] {
  const out: SVGElement[] = [];
  for (const v of l.empty ? [] : l.y.ticks(4).filter((n) => Number.isInteger(n))) {
    const y = round(l.y(v));
    out.push(
      svg("line", { class: v === 0 ? "base" : "gridline", x1: l.left, x2: l.width - l.right, y1: y, y2: y }),
      svg("text", { class: "tick", x: l.left - 6, y: y + 4, "text-anchor": "end" }, ctx.t.n(v)),
    );
  }
  for (const { at, label, strong } of axisTicks(l.x, Math.max(2, Math.floor(l.width / 90)))) {
    out.push(
      svg("line", {
        class: "gridline",
        x1: round(at),
        x2: round(at),
        y1: l.barsBottom,
        y2: l.barsBottom + 5,
      }),
      svg(
        "text",
        {
          class: strong ? "tick strong" : "tick",
          x: round(at),
          y: l.barsBottom + 17,
          "text-anchor": anchor(l, at, label),
        },
        label,
      ),
    );
  }
  out.push(
    svg("line", { class: "base", x1: l.left, x2: l.width - l.right, y1: l.othersTop, y2: l.othersTop }),
    svg(
      "text",
      { class: "tick", x: l.left, y: l.othersBottom + 14 },
      ctx.t("timeline.othersAxis", { n: ctx.t.n(l.mostOthers) }),
    ),
  );
  return out;
}

function bars(l: Layout, bins: readonly Bin[], x: X): SVGElement[] {
  const width = x(bins[0]!.to) - x(bins[0]!.from);
  const inset = width > 5 ? 1 : width > 2.5 ? 0.5 : 0;
  const out: SVGElement[] = [];
  for (const b of bins) {
    if (b.others === 0) continue;
    out.push(
      svg("rect", {
        class: "s-others",
        x: round(x(b.from)),
        width: round(width),
        y: l.othersTop,
        height: Math.max(1, round(l.others(b.others) - l.othersTop)),
      }),
    );
  }
  for (const b of bins) {
    for (const { name, y, height } of barSegments(b, l)) {
      out.push(
        svg("rect", {
          class: `s-${name}`,
          x: round(x(b.from) + inset),
          width: Math.max(1, round(width - 2 * inset)),
          y: round(y),
          height: round(height),
        }),
      );
    }
  }
  return out;
}

/** Pixels a letter of a phase's name takes, about; the wide ones of Japanese twice that. */
const LETTER = 5.4;

function phaseBlock(ctx: Context, p: Phase, y: number, from: number, to: number): SVGElement[] {
  const name = ctx.t.word("phase", p.name);
  if (p.name === "pause")
    return [svg("line", { class: "phase-pause", x1: round(from), x2: round(to), y1: y, y2: y })];
  const width = Math.max(2.5, to - from);
  const letters = [...name].reduce((n, c) => n + (c.charCodeAt(0) > 0x2000 ? 2 : 1), 0);
  return [
    svg(
      "rect",
      { class: `phase ${phaseClass(p)}`, x: round(from), width: round(width), y: y - 5, height: 10 },
      svg("title", {}, `${name} ${rangeText(ctx, parseTime(p.from), parseTime(p.to))}`),
    ),
    ...(width > letters * LETTER + 6
      ? [svg("text", { class: "phase-label", x: round(from + 3), y: y + 3.2 }, name)]
      : []),
  ];
}

/** The phases of a track, in its lane. */
function phases(ctx: Context, id: string, y: number, l: Layout, x: X, shown: Span): SVGElement[] {
  const clamp = (v: number) => Math.min(l.width - l.right, Math.max(l.left, v));
  return (ctx.report.phases ?? [])
    .filter((p) => p.track === id && p.name !== "end")
    .filter((p) => parseTime(p.from) <= shown.to && parseTime(p.to) >= shown.from)
    .flatMap((p) => phaseBlock(ctx, p, y, clamp(x(parseTime(p.from))), clamp(x(parseTime(p.to)))));
}

function lanes(ctx: Context, l: Layout, x: X, shown: Span): SVGElement[] {
  const clamp = (v: number) => Math.min(l.width - l.right, Math.max(l.left, v));
  return trackLanes(ctx.report, l).flatMap((lane) => [
    svg("text", { class: "lane-name", x: l.left - 6, y: lane.y + 4, "text-anchor": "end" }, plain(lane.id)),
    ...lane.spans.map((s) =>
      svg("line", {
        class: "lane",
        x1: round(clamp(x(s.from))),
        x2: round(Math.max(clamp(x(s.to)), clamp(x(s.from)) + 2)),
        y1: lane.y,
        y2: lane.y,
      }),
    ),
    ...phases(ctx, lane.id, lane.y, l, x, shown),
  ]);
}

/** With more markers, lines down to the bars would hide them. */
const MAX_LINES = 20;

const MARKER = {
  high: "M-5.5 -9h11L0 1Z",
  medium: "M0 -10 5 -4.5 0 1 -5 -4.5Z",
  low: "M0 -9a4 4 0 1 0 .01 0Z",
};

function findings(ctx: Context, l: Layout, x: X, shown: Span): SVGElement[] {
  const inside = ctx.report.findings.filter((f) => {
    const t = parseTime(f.time);
    return t >= shown.from && t <= shown.to;
  });
  const markers = findingMarkers(inside, x);
  const lines = markers.length <= MAX_LINES;
  return markers.map((m) =>
    svg(
      "g",
      { class: `finding ${m.severity}`, transform: `translate(${round(m.at)} ${l.findingsY})` },
      lines ? svg("line", { x1: 0, x2: 0, y1: 1, y2: l.barsBottom - l.findingsY }) : null,
      svg("path", { d: MARKER[m.severity] }),
      m.findings.length > 1
        ? svg("text", { class: "tick", y: -12, "text-anchor": "middle" }, ctx.t.n(m.findings.length))
        : null,
    ),
  );
}

function footprint(ctx: Context, l: Layout, x: X, shown: Span): SVGElement | null {
  const at = parseTime(ctx.report.first_footprint?.time);
  if (!(at >= shown.from && at <= shown.to)) return null;
  const px = round(x(at));
  const right = px > l.width * 0.6;
  return svg(
    "g",
    { class: "footprint-mark" },
    svg("line", { x1: px, x2: px, y1: 3, y2: l.barsBottom }),
    svg(
      "text",
      { x: px + (right ? -5 : 5), y: 11, "text-anchor": right ? "end" : "start" },
      `${ctx.t("timeline.footprint")} ${formatTime(at, ctx.offset).slice(shown.to - shown.from > DAY ? 0 : 11)}`,
    ),
  );
}

export function drawTimeline(
  ctx: Context,
  l: Layout,
  bins: readonly Bin[],
  description: string,
): SVGSVGElement {
  const zone = ctx.offset * 60_000;
  const x: X = (ms) => l.x(ms + zone);
  const shown = { from: bins[0]!.from, to: bins[bins.length - 1]!.to };
  const title = newId("t");
  const desc = newId("t");
  return svg(
    "svg",
    {
      class: "timeline-picture",
      viewBox: `0 0 ${l.width} ${l.height}`,
      width: l.width,
      height: l.height,
      role: "img",
      "aria-labelledby": title,
      "aria-describedby": desc,
    },
    svg("title", { id: title }, ctx.t("timeline.title")),
    svg("desc", { id: desc }, description),
    gaps(ctx, l, x, shown),
    axes(ctx, l),
    bars(l, bins, x),
    lanes(ctx, l, x, shown),
    findings(ctx, l, x, shown),
    footprint(ctx, l, x, shown),
    svg(
      "text",
      { class: "axis-title", x: l.left, y: l.barsTop - 7 },
      ctx.t(l.empty ? "timeline.noTracks" : l.root ? "timeline.tracksAxisRoot" : "timeline.tracksAxis"),
    ),
  );
}
