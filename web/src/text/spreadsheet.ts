// Cells for spreadsheet programs. They run a cell that begins like a formula,
// and Japanese editions also take the full-width signs for one.
import { plain } from "./inert";

export type Cell = string | number | null;

const FORMULA = /^[=+\-@\t\r＝＋－＠]/u;

export function safeCell(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const shown = plain(value);
  return FORMULA.test(value) ? `'${shown}` : shown;
}

function csvCell(value: Cell): string {
  const s = safeCell(value);
  return /[",\r\n]/.test(s) ? `"${s.replace(/"/g, '""')}"` : s;
}

/** RFC 4180. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** Spreadsheet programs take a quote at the beginning for one around many cells. */
function tsvCell(value: Cell): string {
  const s = safeCell(value);
  return s.startsWith('"') ? `'${s}` : s;
}

/** Tabs and line ends are escaped by plain(), so no quoting is needed. */
export function tsvLine(cells: readonly Cell[]): string {
  return `${cells.map(tsvCell).join("\t")}\n`;
}
