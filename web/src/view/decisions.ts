// Decisions: who judged or changed a track, when and why.
import type { Context } from "../context";
import type { Child } from "../dom";
import { h } from "../dom";
import type { Decision, DecisionPart } from "../model/report";
import { toldParts } from "../model/parts";
import { growingTable } from "./section";
import { show, showField, time, timeRange } from "./show";

const SHOWN_PARTS = 5;

function onePart(ctx: Context, p: DecisionPart): HTMLElement {
  return h(
    "div",
    {},
    showField(ctx, p, "account"),
    " ",
    h("span", { class: "muted" }, showField(ctx, p, "client")),
    " ",
    timeRange(ctx, p.from, p.to),
  );
}

/** What was judged is all of the track; what was moved is named. */
function what(ctx: Context, d: Decision): Child {
  const { t } = ctx;
  const moved = toldParts(d);
  const tracks = [...new Set([d.track, ...moved.map((p) => p.track)])];
  return [
    h("strong", {}, t.word("action", d.action)),
    " ",
    tracks.map((track, i) => [i === 0 ? null : " → ", show(ctx, track)]),
    " ",
    moved.length === 0 ? h("span", { class: "muted" }, t("decision.parts", { n: t.n(d.parts.length) })) : null,
    moved.slice(0, SHOWN_PARTS).map((p) => onePart(ctx, p)),
    moved.length > SHOWN_PARTS
      ? h("p", { class: "note" }, t("decision.more", { n: t.n(moved.length - SHOWN_PARTS) }))
      : null,
  ];
}

export function decisionsPart(ctx: Context): Child {
  const { t } = ctx;
  const decisions = ctx.report.decisions ?? [];
  if (decisions.length === 0) return null;
  return [
    h("h3", {}, t("decisions"), " ", h("span", { class: "tally" }, t.n(decisions.length))),
    h("p", { class: "note" }, t("decisionsNote")),
    growingTable<Decision>(
      ctx,
      t("decisions"),
      [
        { title: t("decision.when"), className: "time", cell: (d) => time(ctx, d.time) },
        { title: t("decision.by"), cell: (d) => showField(ctx, d, "by") },
        { title: t("decision.what"), cell: (d) => what(ctx, d) },
        {
          title: t("decision.why"),
          className: "wide",
          cell: (d) => (d.why ? showField(ctx, d, "why") : h("span", { class: "muted" }, t("decision.noReason"))),
        },
      ],
      decisions,
    ),
  ];
}
