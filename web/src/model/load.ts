// Reads the report out of the page's own data element.
import type { FileRow, Report } from "./report";
import { byteSegments } from "../text/bytes";
import { FILE_COLUMNS, SCHEMA } from "./report";

export class LoadError extends Error {}

function isObject(x: unknown): x is Record<string, unknown> {
  return typeof x === "object" && x !== null && !Array.isArray(x);
}

/** A path that is not UTF-8 as the command line shows it, with \xNN for such bytes. */
function withExactPaths(columns: readonly string[], rows: FileRow[]): void {
  const exact = columns.indexOf("path_base64");
  const path = columns.indexOf("path");
  if (exact < 0 || path < 0) return;
  rows.forEach((row, i) => {
    const base64 = row[exact];
    const parts = typeof base64 === "string" ? byteSegments(base64) : null;
    if (parts !== null) rows[i] = Object.assign([...row], { [path]: parts.map((p) => p.text).join("") });
  });
}

/** Rows in the order of FILE_COLUMNS, whatever order this version wrote them in. */
function inOurOrder(columns: readonly string[], rows: FileRow[]): FileRow[] {
  const at = FILE_COLUMNS.map((c) => columns.indexOf(c));
  if (at.every((from, i) => from === i)) return rows;
  return rows.map((row) => at.map((from) => row[from] ?? null));
}

export function parseReport(text: string): Report {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new LoadError("this page holds no report");
  }
  if (!isObject(data) || data["schema"] !== SCHEMA)
    throw new LoadError(`this page shows reports of the form ${SCHEMA}`);
  const report = data as unknown as Report;
  withExactPaths(report.files.columns, report.files.rows);
  report.files.rows = inOurOrder(report.files.columns, report.files.rows);
  return report;
}
