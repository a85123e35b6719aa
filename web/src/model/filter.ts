// Which rows of the file list match what the reader asked for.
import type { FileColumn } from "./report";
import type { FileTable } from "./fileTable";
import { changeWords } from "./fileTable";
import { fold, searchTerms } from "../text/fold";

/** Columns chosen by one value; null = any. */
export const CHOICES = ["account", "client", "server", "share", "track"] as const;
export type Choice = (typeof CHOICES)[number];

export interface Filter extends Record<Choice, string | null> {
  text: string;
  /** Empty = any. */
  grades: ReadonlySet<string>;
  /** A kind of change, "any" for some change, null = whether or not. */
  change: string | null;
  /** Milliseconds, NaN = open. A row matches if its time overlaps. */
  from: number;
  to: number;
}

export const NO_FILTER: Filter = {
  text: "",
  grades: new Set(),
  change: null,
  account: null,
  client: null,
  server: null,
  share: null,
  track: null,
  from: NaN,
  to: NaN,
};

export function isActive(f: Filter): boolean {
  return (
    f.text.trim() !== "" ||
    f.grades.size > 0 ||
    f.change !== null ||
    CHOICES.some((c) => f[c] !== null) ||
    !Number.isNaN(f.from) ||
    !Number.isNaN(f.to)
  );
}

type Test = (row: number) => boolean;

/** Decides once a value, not once a row. */
function byValue(table: FileTable, column: FileColumn, accept: (value: string) => boolean): Test {
  const { codes, values } = table.dictionary(column);
  const accepted = Uint8Array.from(values, (v) => (accept(v) ? 1 : 0));
  return (row) => accepted[codes[row]!] === 1;
}

function byTerm(table: FileTable, term: string): Test {
  const paths = table.searchPaths();
  const account = byValue(table, "account", (v) => fold(v).includes(term));
  const client = byValue(table, "client", (v) => fold(v).includes(term));
  const classes = byValue(table, "classes", (v) => v.includes(term));
  return (row) => paths[row]!.includes(term) || account(row) || client(row) || classes(row);
}

function byTime(table: FileTable, from: number, to: number): Test {
  const first = table.times("first");
  const last = table.times("last");
  // A row without times cannot be excluded by them.
  return (row) => !(last[row]! < from) && !(first[row]! > to);
}

function tests(table: FileTable, f: Filter): Test[] {
  const out: Test[] = [];
  if (f.grades.size > 0) out.push(byValue(table, "grade", (v) => f.grades.has(v)));
  for (const c of CHOICES) {
    const wanted = f[c];
    if (wanted !== null) out.push(byValue(table, c, (v) => v === wanted));
  }
  const change = f.change;
  if (change !== null)
    out.push(
      byValue(table, "changes", (v) =>
        change === "any" ? changeWords(v).length > 0 : changeWords(v).includes(change),
      ),
    );
  if (!Number.isNaN(f.from) || !Number.isNaN(f.to)) out.push(byTime(table, f.from, f.to));
  for (const term of searchTerms(f.text)) out.push(byTerm(table, term));
  return out;
}

/** Those of `order` that match, in its order. */
export function matching(table: FileTable, f: Filter, order: Uint32Array): Uint32Array {
  const all = tests(table, f);
  if (all.length === 0) return order;
  const out = new Uint32Array(order.length);
  let n = 0;
  for (const row of order) {
    if (all.every((test) => test(row))) out[n++] = row;
  }
  return out.slice(0, n);
}
