// Rows for other programs: the clipboard, or a file.
import type { FileTable } from "../../model/fileTable";
import { changeWords } from "../../model/fileTable";
import { FILE_COLUMNS } from "../../model/report";
import type { Cell } from "../../text/spreadsheet";
import { csvLine, tsvLine } from "../../text/spreadsheet";

/** Column names stay those of report.json, in every language. */
function lines(table: FileTable, rows: Uint32Array, line: (cells: readonly Cell[]) => string): string[] {
  const out = [line(FILE_COLUMNS)];
  for (const row of rows) {
    out.push(
      line(
        FILE_COLUMNS.map((column) => {
          const v = table.value(row, column);
          if (column === "changes") return changeWords(v).join(" ");
          return typeof v === "number" ? v : v === null ? null : String(v);
        }),
      ),
    );
  }
  return out;
}

export function rowsAsTsv(table: FileTable, rows: Uint32Array): string {
  return lines(table, rows, tsvLine).join("");
}

/** With a byte order mark: spreadsheet programs then take it for UTF-8. */
export function saveCsv(table: FileTable, rows: Uint32Array, name: string): void {
  const blob = new Blob(["\ufeff", ...lines(table, rows, csvLine)], { type: "text/csv;charset=utf-8" });
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by the next task; until then the address must live.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Without a secure context there is no clipboard object; the old way needs a field. */
function copyByField(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  const focused = document.activeElement as HTMLElement | null;
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return done;
}

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByField(text);
  }
}
