// When the tracks were active, by day and hour; beside it when their accounts are otherwise.
import type { Context } from "../context";
import type { Child } from "../dom";
import { h } from "../dom";
import type { HeatRow } from "../model/report";
import { plain } from "../text/inert";
import { swatch } from "./marks";

/** Steps of colour; each is four times the one before. */
const STEPS = 6;

export function heatStep(n: number): number {
  return n <= 0 ? 0 : Math.min(STEPS, 1 + Math.floor(Math.log(n) / Math.log(4)));
}

/** "1.2k": a cell is narrow; its title has all digits. */
export function shortCount(n: number): string {
  const [size, unit] = n >= 1e6 ? [1e6, "M"] : n >= 1e3 ? [1e3, "k"] : [1, ""];
  const value = n / size;
  return `${unit !== "" && value < 10 ? Math.floor(value * 10) / 10 : Math.floor(value)}${unit}`;
}

function cell(ctx: Context, row: HeatRow, hour: number): HTMLElement {
  const { t } = ctx;
  const tracks = row.tracks[hour] ?? 0;
  const accounts = row.accounts[hour] ?? 0;
  const said = t("heatmap.cell", {
    day: dayName(ctx, row),
    hour: String(hour),
    tracks: t.n(tracks),
    accounts: t.n(accounts),
  });
  return h(
    "td",
    { class: `heat-${heatStep(tracks)}${accounts > 0 ? " heat-own" : ""}`, title: tracks + accounts > 0 ? said : null },
    tracks > 0 ? shortCount(tracks) : null,
    accounts > 0 ? h("span", { class: "hidden" }, said) : null,
  );
}

function dayName(ctx: Context, row: HeatRow): string {
  return ctx.report.heatmap?.by === "weekday" ? ctx.t.word("day", row.day) : plain(row.day);
}

export function heatmapPart(ctx: Context): Child {
  const { t } = ctx;
  const rows = ctx.report.heatmap?.rows ?? [];
  if (rows.length === 0) return null;
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  return [
    h("h3", {}, t("heatmap")),
    h("p", { class: "note" }, t("heatmapNote", { zone: plain(ctx.report.zone) })),
    h(
      "ul",
      { class: "legend" },
      h("li", {}, swatch("heat-1"), t("heatmap.few"), " ", swatch(`heat-${STEPS}`), t("heatmap.many")),
      h("li", {}, swatch("heat-own"), t("heatmap.own")),
    ),
    h(
      "div",
      { class: "scroll-x", tabindex: 0, role: "region", "aria-label": t("heatmap") },
      h(
        "table",
        { class: "heatmap" },
        h("caption", { class: "hidden" }, t("heatmap")),
        h("thead", {}, h("tr", {}, h("td"), hours.map((hour) => h("th", { scope: "col" }, hour)))),
        h(
          "tbody",
          {},
          rows.map((row) =>
            h("tr", {}, h("th", { scope: "row" }, dayName(ctx, row)), hours.map((hour) => cell(ctx, row, hour))),
          ),
        ),
      ),
    ),
  ];
}
