// Competing explanations: their ranking, and what was observed against each.
import type { Context } from "../context";
import type { Child } from "../dom";
import { h } from "../dom";
import type { Hypothesis, Observation } from "../model/report";
import { plain } from "../text/inert";
import { evidence } from "./evidence";
import type { Column } from "./section";
import { growingTable, section } from "./section";
import { show } from "./show";

function ranking(ctx: Context, hypotheses: readonly Hypothesis[]): HTMLElement {
  const { t } = ctx;
  return growingTable<Hypothesis>(
    ctx,
    t("section.explanations"),
    [
      { title: t("rank"), className: "num", cell: (x) => t.n(x.rank) },
      {
        title: t("explanation"),
        className: "wide",
        cell: (x) => [
          h("strong", {}, t.word("hypothesis", x.name)),
          h("div", { class: "note" }, show(ctx, x.text)),
        ],
      },
      { title: t("against"), className: "num", cell: (x) => t.n(x.contradicts) },
      { title: t("for"), className: "num", cell: (x) => t.n(x.supports) },
      { title: t("decides"), className: "wide", cell: (x) => show(ctx, x.decides) },
    ],
    hypotheses,
    (x) => (x.rank === 1 ? "in-track" : ""),
  );
}

const SIGN = { for: "+", against: "\u2212", nothing: "\u00b7" } as const;

function sign(ctx: Context, says: "for" | "against" | undefined): HTMLElement {
  const what = says ?? "nothing";
  return h(
    "span",
    { class: `sign sign-${what}`, title: ctx.t(`says.${what}`) },
    h("span", { "aria-hidden": "true" }, SIGN[what]),
    h("span", { class: "hidden" }, ctx.t(`says.${what}`)),
  );
}

function matrix(ctx: Context, hypotheses: readonly Hypothesis[], seen: readonly Observation[]): HTMLElement {
  const { t } = ctx;
  const columns: Column<Observation>[] = [
    {
      title: t("observation"),
      className: "wide",
      cell: (o) => [
        h("strong", {}, t.word("observation", o.name)),
        ": ",
        show(ctx, o.words),
        h("div", { class: "note" }, show(ctx, o.text), " ", evidence(ctx, o.ids, o.count, o.command)),
      ],
    },
    ...hypotheses.map((x) => ({
      title: t.word("hypothesisShort", x.name),
      className: "says",
      cell: (o: Observation) => sign(ctx, o.says[x.name]),
    })),
  ];
  return h("div", { class: "matrix" }, growingTable(ctx, t("matrix"), columns, seen));
}

function unknown(ctx: Context, observations: readonly Observation[]): Child {
  const names = observations.filter((o) => o.value === null).map((o) => ctx.t.word("observation", o.name));
  if (names.length === 0) return null;
  return h("p", { class: "note" }, ctx.t("notObserved", { names: names.join(", ") }));
}

function ofTrack(ctx: Context, track: string): Child {
  const { t, report } = ctx;
  const hypotheses = (report.hypotheses ?? []).filter((x) => x.track === track);
  const observations = (report.observations ?? []).filter((o) => o.track === track);
  return [
    h("h3", {}, t("track", { id: plain(track) })),
    ranking(ctx, hypotheses),
    h("h4", {}, t("matrix")),
    h(
      "ul",
      { class: "legend" },
      (["for", "against", undefined] as const).map((says) =>
        h("li", {}, sign(ctx, says), " ", h("span", { "aria-hidden": "true" }, t(`says.${says ?? "nothing"}`))),
      ),
    ),
    matrix(
      ctx,
      hypotheses,
      observations.filter((o) => o.value !== null),
    ),
    unknown(ctx, observations),
  ];
}

export function explanationsSection(ctx: Context): HTMLElement | null {
  const tracks = [...new Set((ctx.report.hypotheses ?? []).map((x) => x.track))];
  if (tracks.length === 0) return null;
  return section(
    ctx,
    "explanations",
    h("p", { class: "note" }, ctx.t("explanationsNote")),
    tracks.map((track) => ofTrack(ctx, track)),
  );
}
