// The timeline: picture, legend, the pointer and keyboard on it, the table.
import type { Context } from "../../context";
import { h } from "../../dom";
import type { MessageKey } from "../../i18n";
import type { Bin, Span } from "../../model/bins";
import { makeBins, timelineSpan, TRACK_SERIES, trackTotal } from "../../model/bins";
import type { Finding, SeriesName, Timeline as TimelineData } from "../../model/report";
import { plain } from "../../text/inert";
import { formatTime, parseTime } from "../../time";
import { heatmapPart } from "../heatmap";
import { severityMark, swatch } from "../marks";
import { phasesPart } from "../phases";
import { growingTable, section } from "../section";
import { rangeText } from "../show";
import type { Layout } from "./layout";
import { makeLayout, MAX_LANES, needsRoot } from "./layout";
import { drawTimeline } from "./picture";
import { binSentence, tooltipContent } from "./tooltip";

/** Pixels an A4 page is wide at the size texts have on paper. */
const PAPER_WIDTH = 680;
const LEAST_BAR = 5;
const ALL_SERIES: SeriesName[] = [...TRACK_SERIES, "others"];

class Timeline {
  readonly element: HTMLElement;
  private readonly picture = h("div", { class: "picture" });
  private readonly surface: HTMLElement;
  private readonly cursor = h("div", { class: "cursor", hidden: true });
  private readonly tip = h("div", { class: "tip", hidden: true });
  private readonly barNote = h("span", {});
  private readonly tableBox = h("div");
  private readonly table: HTMLDetailsElement;
  private bins: Bin[] = [];
  /** Of each bar. */
  private findings: Finding[][] = [];
  private layout: Layout | null = null;
  private root: boolean;
  private at = 0;
  private width = 0;
  private data: TimelineData;

  constructor(
    private readonly ctx: Context,
    private span: Span,
  ) {
    const { t } = ctx;
    this.data = ctx.report.timeline;
    this.root = needsRoot(this.binsFor(PAPER_WIDTH));
    this.surface = h("div", {
      class: "surface",
      tabindex: 0,
      role: "slider",
      "aria-label": t("timeline.keys"),
      pointermove: (e: PointerEvent) => this.point(e),
      pointerleave: () => this.hide(),
      focus: () => this.select(this.at),
      blur: () => this.hide(),
      keydown: (e: KeyboardEvent) => this.key(e),
      click: (e: PointerEvent) => {
        this.point(e);
        this.open();
      },
    });
    this.table = h(
      "details",
      { toggle: () => this.fillTable() },
      h("summary", {}, t("timeline.table")),
      this.tableBox,
    );
    this.element = h(
      "figure",
      { class: "timeline" },
      h("div", { class: "timeline-switches no-print" }, this.rangeSwitch(), this.scaleSwitch()),
      h("div", { class: "stage" }, this.picture, this.cursor, this.surface, this.tip),
      h(
        "figcaption",
        {},
        this.legend(),
        h("p", { class: "note" }, t("timeline.counted")),
        h(
          "p",
          { class: "note" },
          this.barNote,
          " ",
          ctx.report.files.rows.length > 0 ? h("span", { class: "no-print" }, t("timeline.hint")) : null,
        ),
      ),
      this.table,
    );
    new ResizeObserver(() => {
      const width = Math.floor(this.picture.clientWidth);
      if (width > 0 && width !== this.width) this.draw(width);
    }).observe(this.picture);
    ctx.printHooks.push({
      before: () => this.draw(PAPER_WIDTH),
      after: () => this.draw(this.picture.clientWidth),
    });
  }

  private legend(): HTMLElement {
    const { t } = this.ctx;
    const used = this.ctx.report.timeline.series
      .filter((s) => s.values.some((v) => v > 0))
      .map((s) => s.name);
    const series = ALL_SERIES.filter((s) => used.includes(s));
    const lanes = this.ctx.report.tracks.filter((track) => track.status !== "rejected").length;
    const states = (["gap", "unknown"] as const).filter((state) =>
      this.ctx.report.coverage.some((c) => c.state === state),
    );
    const severities = (["high", "medium", "low"] as const).filter((s) =>
      this.ctx.report.findings.some((f) => f.severity === s),
    );
    return h(
      "ul",
      { class: "legend" },
      series.map((s) => h("li", {}, swatch(`s-${s}`), t(`series.${s}`))),
      severities.map((s) =>
        h(
          "li",
          { class: `severity ${s}` },
          severityMark(s),
          `${t("timeline.finding")} (${t(`severity.${s}`)})`,
        ),
      ),
      lanes > MAX_LANES ? h("li", {}, t("timeline.moreTracks", { n: t.n(lanes - MAX_LANES) })) : null,
      states.map((state) => h("li", {}, swatch(`cov-${state}`), t(`timeline.${state}`))),
    );
  }

  /** Offered where the tracks fill so little of the record that they can be shown more finely. */
  private rangeSwitch(): HTMLElement | null {
    const { data, span } = this;
    const { detail } = data;
    const around = detail ? timelineSpan(detail) : null;
    if (!detail || around === null) return null;
    const show = (timeline: TimelineData, shown: Span) => {
      this.data = timeline;
      this.span = shown;
    };
    return this.switchOf("timeline.range", [
      ["timeline.whole", () => show(data, span)],
      ["timeline.around", () => show(detail, around)],
    ]);
  }

  private scaleSwitch(): HTMLElement | null {
    if (!this.root) return null;
    return this.switchOf("timeline.scale", [
      ["timeline.root", () => (this.root = true)],
      ["timeline.linear", () => (this.root = false)],
    ]);
  }

  /** The first is chosen. */
  private switchOf(name: MessageKey, options: [label: MessageKey, choose: () => void][]): HTMLElement {
    const { t } = this.ctx;
    return h(
      "fieldset",
      { class: "switch" },
      h("legend", { class: "hidden" }, t(name)),
      options.map(([label, choose], i) =>
        h(
          "label",
          {},
          h("input", {
            type: "radio",
            name,
            checked: i === 0,
            change: () => {
              choose();
              this.draw(this.width);
            },
          }),
          h("span", {}, t(label)),
        ),
      ),
    );
  }

  private binsFor(width: number): Bin[] {
    const most = Math.max(8, Math.floor((width - 70) / LEAST_BAR));
    return makeBins(this.data, this.span, most, this.ctx.offset);
  }

  private draw(width: number): void {
    const { ctx } = this;
    this.width = width;
    this.bins = this.binsFor(width);
    this.findings = this.findingsByBin();
    const lanes = ctx.report.tracks.filter((t) => t.status !== "rejected").length;
    this.layout = makeLayout({
      width,
      bins: this.bins,
      lanes: Math.min(MAX_LANES, lanes),
      marks: ctx.report.findings.length > 0 || ctx.report.first_footprint !== null,
      root: this.root,
      zone: ctx.offset * 60_000,
    });
    const first = this.bins[0]!;
    const bar = ctx.t.duration((first.to - first.from) / 1000);
    const description = ctx.t("timeline.desc", {
      from: formatTime(this.span.from, ctx.offset),
      to: formatTime(this.span.to, ctx.offset),
      width: bar,
    });
    this.picture.replaceChildren(drawTimeline(ctx, this.layout, this.bins, description));
    this.barNote.textContent = ctx.t("timeline.bar", {
      range: rangeText(ctx, first.from, this.bins[this.bins.length - 1]!.to),
      zone: plain(ctx.report.zone),
      width: bar,
    });
    this.at = this.bins.findIndex((b) => trackTotal(b) > 0);
    if (this.at < 0) this.at = 0;
    this.surface.setAttribute("aria-valuemin", "0");
    this.surface.setAttribute("aria-valuemax", String(this.bins.length - 1));
    this.describe();
    this.hide();
    if (this.table.open) this.fillTable();
  }

  private findingsByBin(): Finding[][] {
    const out = this.bins.map((): Finding[] => []);
    for (const f of this.ctx.report.findings) out[this.binAt(parseTime(f.time))]?.push(f);
    return out;
  }

  private binAt(ms: number): number {
    const { from, to } = this.bins[0]!;
    return Math.floor((ms - from) / (to - from));
  }

  private describe(): void {
    this.surface.setAttribute("aria-valuenow", String(this.at));
    this.surface.setAttribute(
      "aria-valuetext",
      binSentence(this.ctx, this.bins[this.at]!, this.findings[this.at]!),
    );
  }

  private point(e: PointerEvent): void {
    const { layout } = this;
    if (layout === null) return;
    const x = e.clientX - this.surface.getBoundingClientRect().left;
    const ms = +layout.x.invert(x) - this.ctx.offset * 60_000;
    this.select(this.binAt(ms));
  }

  private select(at: number): void {
    const { layout, ctx } = this;
    if (layout === null) return;
    this.at = Math.min(this.bins.length - 1, Math.max(0, at));
    const bin = this.bins[this.at]!;
    const zone = ctx.offset * 60_000;
    const left = layout.x(bin.from + zone);
    const right = layout.x(bin.to + zone);
    this.describe();
    this.cursor.hidden = false;
    this.cursor.style.left = `${left}px`;
    this.cursor.style.width = `${Math.max(1, right - left)}px`;
    this.tip.replaceChildren(...tooltipContent(ctx, bin, this.findings[this.at]!));
    this.tip.hidden = false;
    const beside =
      right + 10 + this.tip.offsetWidth > this.width ? left - 10 - this.tip.offsetWidth : right + 10;
    this.tip.style.left = `${Math.max(0, beside)}px`;
    this.tip.style.top = `${layout.barsTop}px`;
  }

  private hide(): void {
    this.cursor.hidden = true;
    this.tip.hidden = true;
  }

  private open(): void {
    const bin = this.bins[this.at]!;
    this.ctx.showFiles({ from: bin.from, to: bin.to });
  }

  private key(e: KeyboardEvent): void {
    const last = this.bins.length - 1;
    const to: Record<string, number> = {
      ArrowLeft: this.at - 1,
      ArrowDown: this.at - 1,
      ArrowRight: this.at + 1,
      ArrowUp: this.at + 1,
      PageDown: this.at - 10,
      PageUp: this.at + 10,
      Home: 0,
      End: last,
    };
    const target = to[e.key];
    if (target !== undefined) this.select(target);
    else if (e.key === "Enter") this.open();
    else if (e.key === "Escape") this.hide();
    else return;
    e.preventDefault();
  }

  private fillTable(): void {
    if (!this.table.open) return;
    const { ctx } = this;
    const rows = this.bins.filter((b) => b.others > 0 || trackTotal(b) > 0);
    this.tableBox.replaceChildren(
      h("p", { class: "note" }, ctx.t("timeline.tableNote")),
      growingTable<Bin>(
        ctx,
        ctx.t("timeline.title"),
        [
          { title: ctx.t("timeline.time"), className: "time", cell: (b) => rangeText(ctx, b.from, b.to) },
          ...ALL_SERIES.map((s) => ({
            title: ctx.t(`series.${s}`),
            className: "num",
            cell: (b: Bin) => ctx.t.n(b[s]),
          })),
        ],
        rows,
      ),
    );
  }
}

export function timelineSection(ctx: Context): HTMLElement {
  const span = timelineSpan(ctx.report.timeline);
  if (span === null) return section(ctx, "timeline", h("p", { class: "muted" }, ctx.t("timeline.empty")));
  return section(ctx, "timeline", new Timeline(ctx, span).element, phasesPart(ctx), heatmapPart(ctx));
}
