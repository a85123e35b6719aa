// The evidence: every input with its hash, its counts and what was wrong in it.
import type { Context } from "../context";
import type { Child } from "../dom";
import { h } from "../dom";
import type { Input, InputReason } from "../model/report";
import { growingTable, section } from "./section";
import { count, show, showField, timeRange } from "./show";

function firstPlace(ctx: Context, r: InputReason): string {
  const { t } = ctx;
  const parts: string[] = [];
  if (r.line !== null && r.line !== undefined) parts.push(t("line", { n: String(r.line) }));
  if (r.offset !== null && r.offset !== undefined) parts.push(t("offset", { n: String(r.offset) }));
  return parts.join(", ");
}

function reasonLine(ctx: Context, r: InputReason): HTMLElement {
  const { t } = ctx;
  const place = firstPlace(ctx, r);
  return h(
    "li",
    {},
    h("strong", {}, t.n(r.count ?? 0)),
    " × ",
    show(ctx, r.text ?? r.reason),
    " ",
    h(
      "span",
      { class: "muted" },
      `[${t.word("reason", r.kind)}${place === "" ? "" : `; ${t("firstAt")} ${place}`}]`,
    ),
    r.detail ? [" ", show(ctx, r.detail, "code")] : null,
  );
}

function details(ctx: Context, input: Input): Child {
  const { t } = ctx;
  const remarks = input.remarks ?? [];
  const reasons = input.reasons ?? [];
  return [
    h("div", { class: "input-name" }, showField(ctx, input, "name")),
    input.sha256
      ? h("div", { class: "hash" }, h("span", { class: "muted" }, "SHA-256 "), show(ctx, input.sha256))
      : null,
    input.problem ? h("div", { class: "problem" }, show(ctx, input.problem)) : null,
    remarks.length > 0
      ? h(
          "ul",
          { class: "remarks", "aria-label": t("remarks") },
          remarks.map((r) => h("li", {}, show(ctx, r))),
        )
      : null,
    reasons.length > 0
      ? h(
          "ul",
          { class: "remarks", "aria-label": t("doubts") },
          reasons.map((r) => reasonLine(ctx, r)),
        )
      : null,
  ];
}

function format(i: Input): string {
  return [i.format ?? i.source, i.compression].filter((x): x is string => Boolean(x)).join(", ");
}

const NOT_USED: readonly Input["state"][] = ["unrecognised", "unreadable"];

function usedFirst(inputs: readonly Input[]): Input[] {
  const rank = (i: Input) => (NOT_USED.includes(i.state) ? 1 : 0);
  return [...inputs].sort((a, b) => rank(a) - rank(b));
}

export function inputsSection(ctx: Context): HTMLElement {
  const { t, report } = ctx;
  if (report.inputs.length === 0) return section(ctx, "inputs", h("p", { class: "muted" }, t("noInputs")));
  return section(
    ctx,
    "inputs",
    h("p", { class: "note" }, t("inputsNote")),
    growingTable<Input>(
      ctx,
      t("section.inputs"),
      [
        { title: "#", className: "num", cell: (i) => i.id },
        { title: t("input"), className: "wide", cell: (i) => details(ctx, i) },
        {
          title: t("state"),
          cell: (i) => h("span", { class: `state i-${i.state}` }, t.word("input", i.state)),
        },
        { title: t("format"), cell: (i) => show(ctx, format(i)) },
        {
          title: t("time"),
          className: "range",
          cell: (i) => (i.first || i.last ? timeRange(ctx, i.first, i.last) : null),
        },
        {
          title: t("size"),
          className: "num",
          cell: (i) => (i.size === null || i.size === undefined ? null : t("bytes", { n: t.n(i.size) })),
        },
        { title: t("lines"), className: "num", cell: (i) => count(ctx, i.lines) },
        { title: t("records"), className: "num", cell: (i) => count(ctx, i.records) },
        { title: t("events"), className: "num", cell: (i) => count(ctx, i.events) },
        { title: t("skipped"), className: "num", cell: (i) => count(ctx, i.skipped) },
      ],
      usedFirst(report.inputs),
    ),
  );
}
