// What the reader does with the file list: filter, order, selection. Outlives
// the elements, which are made anew when the language changes.
import { FileTable } from "../../model/fileTable";
import type { Filter } from "../../model/filter";
import { matching, NO_FILTER } from "../../model/filter";
import { Orders } from "../../model/order";
import type { Sort } from "../../model/order";
import type { FileColumn, FileRow } from "../../model/report";

export class FilesState {
  readonly table: FileTable;
  filter: Filter = NO_FILTER;
  sort: Sort | null = null;
  /** Matching rows in order. */
  rows: Uint32Array;
  readonly selected = new Set<number>();
  private readonly orders: Orders;

  constructor(rows: readonly FileRow[]) {
    this.table = new FileTable(rows);
    this.orders = new Orders(this.table);
    this.rows = this.orders.get(null);
  }

  private refresh(): void {
    this.rows = matching(this.table, this.filter, this.orders.get(this.sort));
  }

  setFilter(filter: Filter): void {
    this.filter = filter;
    this.refresh();
  }

  /** Ascending, then descending, then as the report has them. */
  sortBy(column: FileColumn): void {
    if (this.sort?.column !== column) this.sort = { column, descending: false };
    else this.sort = this.sort.descending ? null : { column, descending: true };
    this.refresh();
  }

  selectAll(): void {
    for (const row of this.rows) this.selected.add(row);
  }

  /** The selected rows that match, or all that match if none is selected. */
  exported(): Uint32Array {
    return this.selected.size === 0 ? this.rows : this.rows.filter((row) => this.selected.has(row));
  }
}
