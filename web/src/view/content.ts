// What was in the files: classes found, how many persons, and what could not be read.
import type { Context } from "../context";
import type { Child } from "../dom";
import { h } from "../dom";
import type { Threshold } from "../model/persons";
import { reached } from "../model/persons";
import type { Content, ContentClass } from "../model/report";
import { growingTable, section } from "./section";
import { show } from "./show";

const COMMAND = "ashiato classify --case DIR --files ROOT";
const READ = ["ok", "empty", "no-text"];

function pair(name: string, value: Child): HTMLElement {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}

function figures(ctx: Context, c: Content): HTMLElement {
  const { t } = ctx;
  const known = READ.reduce((sum, outcome) => sum + (c.outcomes[outcome] ?? 0), 0);
  const some = (name: string, n: number) => (n > 0 ? pair(name, t.n(n)) : null);
  return h(
    "dl",
    { class: "pairs" },
    pair(t("contentFiles"), t.n(c.files)),
    pair(t("contentWith"), t.n(c.with_classes)),
    some(t("contentUnknown"), c.files - known),
    some(t("contentPartly"), c.partly),
    some(t("contentChanged"), c.changed_after),
  );
}

function persons(ctx: Context, c: Content): Child {
  const { t } = ctx;
  const { low, estimate, high, records } = c.persons;
  if (records === 0) return h("p", { class: "muted" }, t("personsNone"));
  const word = (state: Threshold) => h("span", { class: `threshold threshold-${state}` }, t(`threshold.${state}`));
  const care = c.classes.some((k) => k.group === "care");
  return [
    h(
      "dl",
      { class: "pairs" },
      pair(t("persons"), [
        h("strong", {}, t("personsAbout", { n: t.n(estimate) })),
        " ",
        h("span", { class: "muted" }, t("personsRange", { low: t.n(low), high: t.n(high) })),
      ]),
      care ? pair(t("thresholdCare"), word("perhaps")) : null,
      [100, 1000].map((n) => pair(t("threshold", { n: t.n(n) }), word(reached(c.persons, n)))),
    ),
    h("p", { class: "note" }, t("thresholdNote")),
  ];
}

function classes(ctx: Context, c: Content): HTMLElement {
  const { t } = ctx;
  if (c.classes.length === 0) return h("p", { class: "muted" }, t("noClasses"));
  const open = (k: ContentClass) => ctx.showFiles({ text: `"${k.class}="` });
  return growingTable<ContentClass>(
    ctx,
    t("section.content"),
    [
      {
        title: t("class"),
        className: "wide",
        cell: (k) => [
          h("button", { type: "button", class: "link", title: t("showClass"), click: () => open(k) }, show(ctx, k.title ?? k.class)),
          k.title === undefined || k.title === k.class ? null : h("div", { class: "note" }, show(ctx, k.class)),
        ],
      },
      { title: t("classGroup"), cell: (k) => t.word("group", k.group) },
      { title: t("filesCount"), className: "num", cell: (k) => t.n(k.files) },
      { title: t("occurrences"), className: "num", cell: (k) => t.n(k.count) },
    ],
    c.classes,
  );
}

function outcomes(ctx: Context, c: Content): Child {
  const rows = Object.entries(c.outcomes).sort((a, b) => b[1] - a[1]);
  if (rows.every(([name]) => name === "ok")) return null;
  return [
    h("h3", {}, ctx.t("outcomes")),
    h(
      "dl",
      { class: "pairs" },
      rows.map(([name, n]) => pair(ctx.t.word("outcome", name), ctx.t.n(n))),
      c.not_examined > 0 ? pair(ctx.t("notExamined"), ctx.t.n(c.not_examined)) : null,
    ),
  ];
}

export function contentSection(ctx: Context): HTMLElement {
  const c = ctx.report.content ?? null;
  if (c === null)
    return section(ctx, "content", h("p", { class: "muted" }, ctx.t("contentNone", { command: COMMAND })));
  return section(
    ctx,
    "content",
    h("p", { class: "note" }, ctx.t("contentNote")),
    h("div", { class: "two-columns" }, figures(ctx, c), h("div", {}, persons(ctx, c))),
    classes(ctx, c),
    outcomes(ctx, c),
  );
}
