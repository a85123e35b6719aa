// Coverage: a strip per server, and the table that says why.
import { scaleUtc } from "d3-scale";

import type { Context } from "../context";
import { h, svg } from "../dom";
import type { Coverage, CoverageState } from "../model/report";
import type { Span } from "../model/bins";
import type { CoverageSpan } from "../model/spans";
import { coverageByServer, coverageSpan } from "../model/spans";
import { plain } from "../text/inert";
import { axisTicks } from "./timeline/axis";
import { coverageSwatch } from "./marks";
import { growingTable, section } from "./section";
import { rangeText, show, showField, time } from "./show";

const STATES: CoverageState[] = ["observed", "degraded", "gap", "unknown"];
/** More servers than this are told by the table alone. */
const MAX_STRIPS = 60;
const HEIGHT = 18;

function strip(ctx: Context, whole: Span, spans: readonly CoverageSpan[]): SVGSVGElement {
  const total = Math.max(1, whole.to - whole.from);
  const percent = (ms: number) => (100 * (ms - whole.from)) / total;
  return svg(
    "svg",
    { class: "strip", height: HEIGHT, width: "100%", "aria-hidden": "true" },
    spans.map(({ coverage, from, to }) =>
      svg(
        "rect",
        {
          class: `cov-${coverage.state}`,
          x: `${percent(from)}%`,
          // Two in a thousand at least: a gap must not vanish for being short.
          width: `${Math.max(0.2, percent(to) - percent(from))}%`,
          y: 0,
          height: HEIGHT,
        },
        svg(
          "title",
          {},
          `${ctx.t.word("coverage", coverage.state)}: ${rangeText(ctx, from, to)} ${plain(coverage.text ?? coverage.reason)}`,
        ),
      ),
    ),
  );
}

function axis(ctx: Context, whole: Span): HTMLElement {
  const zone = ctx.offset * 60_000;
  const scale = scaleUtc([whole.from + zone, whole.to + zone], [0, 100]);
  return h(
    "div",
    { class: "strip-axis", "aria-hidden": "true" },
    axisTicks(scale, 6).map(({ at, label }) => {
      const tick = h("span", {}, label);
      tick.style.left = `${at}%`;
      return tick;
    }),
  );
}

function strips(ctx: Context, whole: Span): HTMLElement {
  const all = [...coverageByServer(ctx.report, whole)];
  const servers = all.slice(0, MAX_STRIPS);
  return h(
    "div",
    { class: "strips" },
    h(
      "ul",
      { class: "legend" },
      STATES.map((s) =>
        h(
          "li",
          {},
          coverageSwatch(s),
          ctx.t(`coverage.${s}`),
          " ",
          h("span", { class: "muted" }, ctx.t(`coverage.${s}.help`)),
        ),
      ),
    ),
    servers.map(([server, spans]) =>
      h(
        "div",
        { class: "strip-row" },
        h(
          "div",
          { class: "strip-name" },
          server === "" ? h("span", { class: "muted" }, ctx.t("noServer")) : show(ctx, server),
        ),
        strip(ctx, whole, spans),
      ),
    ),
    h("div", { class: "strip-row" }, h("div"), axis(ctx, whole)),
    all.length > servers.length
      ? h("p", { class: "note" }, ctx.t("moreServers", { n: ctx.t.n(all.length - servers.length) }))
      : null,
  );
}

function place(ctx: Context, c: Coverage): HTMLElement | null {
  if (!c.input) return null;
  const at =
    c.offset === null || c.offset === undefined ? null : `, ${ctx.t("offset", { n: String(c.offset) })}`;
  return h("span", {}, showField(ctx, c, "input"), at);
}

export function coverageSection(ctx: Context): HTMLElement {
  const { t, report } = ctx;
  if (report.coverage.length === 0)
    return section(ctx, "coverage", h("p", { class: "muted" }, t("noCoverage")));
  const whole = coverageSpan(report);
  return section(
    ctx,
    "coverage",
    h("p", { class: "note" }, t("coverageNote")),
    whole === null ? null : strips(ctx, whole),
    growingTable<Coverage>(
      ctx,
      t("section.coverage"),
      [
        { title: t("server"), cell: (c) => showField(ctx, c, "server") },
        {
          title: t("from"),
          className: "time",
          cell: (c) =>
            c.from ? time(ctx, c.from) : h("span", { class: "muted" }, t(c.to ? "openStart" : "wholeTime")),
        },
        {
          title: t("to"),
          className: "time",
          cell: (c) =>
            c.to ? time(ctx, c.to) : c.from ? h("span", { class: "muted" }, t("openEnd")) : null,
        },
        {
          title: t("state"),
          cell: (c) => h("span", { class: "state" }, coverageSwatch(c.state), t.word("coverage", c.state)),
        },
        {
          title: t("reason"),
          className: "wide",
          cell: (c) => [
            show(ctx, c.text ?? c.reason),
            c.text
              ? [" ", h("span", { class: "muted code" }, c.reason === "" ? null : show(ctx, c.reason))]
              : null,
          ],
        },
        {
          title: t("count"),
          className: "num",
          cell: (c) => (c.count === null || c.count === undefined ? null : t.n(c.count)),
        },
        { title: t("place"), cell: (c) => place(ctx, c) },
      ],
      report.coverage,
    ),
  );
}
