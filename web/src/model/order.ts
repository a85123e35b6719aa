// Orders of the file list. Each is computed once; a filter then keeps the
// order, so that typing never sorts.
import type { FileColumn } from "./report";
import type { FileTable } from "./fileTable";
import { GRADES } from "./fileTable";

export interface Sort {
  column: FileColumn;
  descending: boolean;
}

function natural(n: number): Uint32Array {
  return Uint32Array.from({ length: n }, (_, i) => i);
}

const byCodeUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function byNumbers(keys: ArrayLike<number>, n: number): Uint32Array {
  // Unknown values go last; equal ones keep the report's order.
  return natural(n).sort((a, b) => {
    const x = keys[a]!;
    const y = keys[b]!;
    if (x === y) return a - b;
    if (x !== x) return y !== y ? a - b : 1;
    if (y !== y) return -1;
    return x - y;
  });
}

function gradeRank(grade: string): number {
  const at = GRADES.indexOf(grade);
  return at < 0 ? GRADES.length : at;
}

function byDictionary(table: FileTable, column: FileColumn): Uint32Array {
  const { codes, values } = table.dictionary(column);
  const sorted = [...natural(values.length)].sort(
    (a, b) =>
      (column === "grade" ? gradeRank(values[a]!) - gradeRank(values[b]!) : 0) ||
      byCodeUnits(values[a]!, values[b]!),
  );
  const rank = new Uint32Array(values.length);
  sorted.forEach((code, i) => (rank[code] = i));
  return byNumbers(
    codes.map((code) => rank[code]!),
    table.size,
  );
}

function byPath(table: FileTable): Uint32Array {
  const paths = table.rows.map((_, i) => table.text(i, "path"));
  return natural(table.size).sort((a, b) => byCodeUnits(paths[a]!, paths[b]!) || a - b);
}

function byValueOrText(table: FileTable, column: FileColumn): Uint32Array {
  return natural(table.size).sort((a, b) => {
    const x = table.value(a, column);
    const y = table.value(b, column);
    if (typeof x === "number" && typeof y === "number") return x - y || a - b;
    return byCodeUnits(String(x ?? ""), String(y ?? "")) || a - b;
  });
}

function ascending(table: FileTable, column: FileColumn): Uint32Array {
  switch (column) {
    case "path":
      return byPath(table);
    case "first":
    case "last":
      return byNumbers(table.times(column), table.size);
    case "id":
    case "records":
      return byValueOrText(table, column);
    default:
      return byDictionary(table, column);
  }
}

export class Orders {
  private readonly cache = new Map<FileColumn, Uint32Array>();

  constructor(private readonly table: FileTable) {}

  /** All rows; null = as the report has them. */
  get(sort: Sort | null): Uint32Array {
    if (sort === null) return natural(this.table.size);
    let order = this.cache.get(sort.column);
    if (order === undefined) {
      order = ascending(this.table, sort.column);
      this.cache.set(sort.column, order);
    }
    return sort.descending ? order.slice().reverse() : order;
  }
}
