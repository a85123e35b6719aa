// An opened row: every value in full, and the command for its raw records.
import type { Context } from "../../context";
import type { Child } from "../../dom";
import { h } from "../../dom";
import type { FileTable } from "../../model/fileTable";
import type { FileColumn } from "../../model/report";
import { plain } from "../../text/inert";
import { show, time } from "../show";
import { changesText, columnTitle, gradeWord } from "./cells";

/** DIR stays as it is: the page does not know where the case lies. */
export function caseCommand(command: string): string {
  return `ashiato ${plain(command)} --case DIR`;
}

export function showCommand(id: string): string {
  return `ashiato show --case DIR ${plain(id)}`;
}

const ORDER: FileColumn[] = [
  "grade",
  "changes",
  "first",
  "last",
  "account",
  "client",
  "share",
  "server",
  "records",
  "track",
  "content",
  "classes",
  "id",
];

function value(ctx: Context, table: FileTable, row: number, column: FileColumn): Child {
  const text = table.text(row, column);
  switch (column) {
    case "grade":
      return [gradeWord(ctx, text), " ", h("span", { class: "muted" }, ctx.t.word("grade", `${text}.help`))];
    case "changes":
      return changesText(ctx, table, row) || h("span", { class: "muted" }, ctx.t("none"));
    case "first":
    case "last":
      return time(ctx, text, true);
    case "records":
      return ctx.t.n(Number(text));
    case "content":
      return text === "" ? h("span", { class: "muted" }, ctx.t("notExamined")) : ctx.t.word("outcome", text);
    case "classes":
      return text === "" ? h("span", { class: "muted" }, ctx.t("none")) : show(ctx, text);
    default:
      return show(ctx, text);
  }
}

export function detail(
  ctx: Context,
  table: FileTable,
  row: number,
  copy: (command: string) => void,
  close: () => void,
): HTMLElement {
  const { t } = ctx;
  const command = showCommand(table.text(row, "id"));
  const field = (name: string, content: Child, className = "") =>
    h("div", { class: className || null }, h("dt", {}, name), h("dd", {}, content));
  return h(
    "div",
    { class: "detail", role: "row" },
    h(
      "div",
      { role: "gridcell" },
      h(
        "dl",
        { class: "pairs" },
        field(columnTitle(ctx, "path"), show(ctx, table.text(row, "path"), "full-path"), "whole"),
        ORDER.map((column) => field(columnTitle(ctx, column), value(ctx, table, row, column))),
        field(t("command"), h("code", {}, command), "whole"),
      ),
      h(
        "div",
        { class: "actions" },
        h("button", { type: "button", click: () => copy(command) }, t("copyCommand")),
        h("button", { type: "button", click: close }, t("closeRow")),
      ),
    ),
  );
}
