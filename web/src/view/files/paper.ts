// The file list on paper: whole paths, so many rows as make sense to print, and
// a word about the others.
import type { Context } from "../../context";
import { h } from "../../dom";
import { isActive } from "../../model/filter";
import { show, time } from "../show";
import { changesText, columnTitle, gradeWord } from "./cells";
import type { FilesState } from "./state";

const MAX_PRINTED = 2000;
const COMMAND = "ashiato scope --case DIR";

export function paperList(ctx: Context, state: FilesState): HTMLElement {
  const { t } = ctx;
  const { table, rows } = state;
  const printed = rows.subarray(0, MAX_PRINTED);
  const total = Math.max(ctx.report.files.total, table.size);
  // With a filter the rest is what matches; without, also what this page does not hold.
  const rest = (isActive(state.filter) ? rows.length : total) - printed.length;
  return h(
    "div",
    { class: "paper-list" },
    isActive(state.filter)
      ? h("p", { class: "note" }, t("printFilter", { n: t.n(rows.length), total: t.n(total) }))
      : null,
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", {}, t("grade")),
          h("th", {}, t("path")),
          h("th", {}, columnTitle(ctx, "first")),
          h("th", {}, t("account"), " / ", t("client")),
          h("th", {}, t("trackColumn")),
        ),
      ),
      h(
        "tbody",
        {},
        Array.from(printed, (row) => {
          const changes = changesText(ctx, table, row);
          return h(
            "tr",
            {},
            h("td", {}, gradeWord(ctx, table.text(row, "grade")), changes === "" ? null : ` ${changes}`),
            h("td", { class: "wide" }, show(ctx, table.text(row, "path"))),
            h("td", { class: "time" }, time(ctx, table.text(row, "first"))),
            h("td", {}, show(ctx, table.text(row, "account")), " / ", show(ctx, table.text(row, "client"))),
            h("td", {}, show(ctx, table.text(row, "track"))),
          );
        }),
      ),
    ),
    rest > 0 ? h("p", { class: "print-rest" }, t("printRest", { n: t.n(rest), command: COMMAND })) : null,
  );
}

export function scopeCommand(): string {
  return COMMAND;
}
