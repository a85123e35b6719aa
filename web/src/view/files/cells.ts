// The cells of a row of the file list: two lines each, so that long paths and
// all values find room.
import type { Context } from "../../context";
import type { Child } from "../../dom";
import { h } from "../../dom";
import type { MessageKey } from "../../i18n";
import type { FileTable } from "../../model/fileTable";
import { changeWords } from "../../model/fileTable";
import type { FileColumn } from "../../model/report";
import { splitPath, splitTail } from "../../text/shorten";
import { plain } from "../../text/inert";
import { gradeMark } from "../marks";
import { show, time } from "../show";

export interface CellColumn {
  /** The upper and the lower line. */
  columns: [FileColumn] | [FileColumn, FileColumn];
  className: string;
}

export const CELL_COLUMNS: CellColumn[] = [
  { columns: ["grade", "changes"], className: "c-grade" },
  { columns: ["path"], className: "c-path" },
  { columns: ["first", "last"], className: "c-time" },
  { columns: ["account", "client"], className: "c-who" },
  { columns: ["share", "server"], className: "c-where" },
  { columns: ["records", "id"], className: "c-num" },
  { columns: ["track", "classes"], className: "c-track" },
];

export function columnTitle(ctx: Context, column: FileColumn): string {
  return ctx.t((column === "track" ? "trackColumn" : column) as MessageKey);
}

export function gradeWord(ctx: Context, grade: string): HTMLElement {
  return h(
    "span",
    { class: `grade g-${/^[a-z]+$/.test(grade) ? grade : "none"}` },
    gradeMark(grade),
    ctx.t.word("grade", grade),
  );
}

const NAME_TAIL = 14;
const FOLDER_TAIL = 22;

function cutInMiddle(ctx: Context, text: string, tailLength: number, className: string): HTMLElement {
  const { head, tail } = splitTail(text, tailLength);
  return h(
    "span",
    { class: `middle ${className}` },
    show(ctx, head, "head"),
    tail === "" ? null : show(ctx, tail, "tail"),
  );
}

function pathCell(ctx: Context, path: string): Child {
  const { folder, name } = splitPath(path);
  return [
    cutInMiddle(ctx, name, NAME_TAIL, "name"),
    cutInMiddle(ctx, folder === "" ? "/" : folder, FOLDER_TAIL, "folder"),
  ];
}

export function changesText(ctx: Context, table: FileTable, row: number): string {
  return changeWords(table.value(row, "changes"))
    .map((w) => ctx.t.word("change", w))
    .join(", ");
}

function line(child: Child): HTMLElement {
  return h("div", { class: "line" }, child);
}

export function cell(ctx: Context, table: FileTable, row: number, c: CellColumn): HTMLElement {
  const text = (column: FileColumn) => table.text(row, column);
  const lines = (): Child => {
    switch (c.columns[0]) {
      case "grade":
        return [line(gradeWord(ctx, text("grade"))), line(changesText(ctx, table, row))];
      case "path":
        return pathCell(ctx, text("path"));
      case "first":
        return [line(time(ctx, text("first"))), line(time(ctx, text("last")))];
      case "records":
        return [
          line(ctx.t.n(Number(text("records")))),
          line(h("span", { class: "muted" }, plain(text("id")))),
        ];
      default:
        return c.columns.map((column) => line(show(ctx, text(column))));
    }
  };
  return h("div", { class: `cell ${c.className}`, role: "gridcell" }, lines());
}
