// Columns of the file list, each made when it is first asked for: with 200,000
// rows nothing should be computed that the reader does not use.
import type { FileColumn, FileRow, FileValue } from "./report";
import { FILE_COLUMNS } from "./report";
import { fold } from "../text/fold";
import { parseTime } from "../time";

/** A column of few different values: row i has values[codes[i]]. */
export interface Dictionary {
  codes: Uint32Array;
  values: string[];
  counts: number[];
}

const INDEX = Object.fromEntries(FILE_COLUMNS.map((c, i) => [c, i])) as Record<FileColumn, number>;

/** Words for a row, as evidence of disclosure, strongest first. A change is
 *  named where it says more than the grade. */
export const GRADES = [
  "read",
  "opened",
  "deleted",
  "renamed",
  "written",
  "listed",
  "linked",
  "security",
  "seen",
  "denied",
  "missing",
  "none",
];

/** "written,renamed" or ["written", "renamed"]: the separate words. */
export function changeWords(value: FileValue): string[] {
  return String(value ?? "").match(/[a-z]+/g) ?? [];
}

export class FileTable {
  private readonly dictionaries = new Map<FileColumn, Dictionary>();
  private readonly timeColumns = new Map<FileColumn, Float64Array>();
  private readonly folded: string[] = [];

  constructor(readonly rows: readonly FileRow[]) {}

  get size(): number {
    return this.rows.length;
  }

  value(row: number, column: FileColumn): FileValue {
    return this.rows[row]?.[INDEX[column]] ?? null;
  }

  text(row: number, column: FileColumn): string {
    const v = this.value(row, column);
    return v === null ? "" : String(v);
  }

  dictionary(column: FileColumn): Dictionary {
    let d = this.dictionaries.get(column);
    if (d === undefined) {
      d = this.encode(INDEX[column]);
      this.dictionaries.set(column, d);
    }
    return d;
  }

  private encode(at: number): Dictionary {
    const codes = new Uint32Array(this.size);
    const values: string[] = [];
    const counts: number[] = [];
    const known = new Map<string, number>();
    this.rows.forEach((row, i) => {
      const value = String(row[at] ?? "");
      let code = known.get(value);
      if (code === undefined) {
        code = values.push(value) - 1;
        counts.push(0);
        known.set(value, code);
      }
      codes[i] = code;
      counts[code]!++;
    });
    return { codes, values, counts };
  }

  /** Milliseconds; NaN where unknown. */
  times(column: "first" | "last"): Float64Array {
    let t = this.timeColumns.get(column);
    if (t === undefined) {
      const at = INDEX[column];
      t = Float64Array.from(this.rows, (row) => parseTime(row[at] as string | null));
      this.timeColumns.set(column, t);
    }
    return t;
  }

  /** Folds up to `n` more paths; true when all are done. */
  prepareSearch(n: number): boolean {
    const end = Math.min(this.size, this.folded.length + n);
    for (let i = this.folded.length; i < end; i++) this.folded.push(fold(this.text(i, "path")));
    return this.folded.length === this.size;
  }

  /** Paths as search sees them. */
  searchPaths(): readonly string[] {
    this.prepareSearch(this.size);
    return this.folded;
  }
}
