// The file list: only the rows in view exist as elements.
import type { Context } from "../../context";
import { h, newId } from "../../dom";
import type { FileColumn } from "../../model/report";
import { plain } from "../../text/inert";
import { CELL_COLUMNS, cell, columnTitle } from "./cells";
import { detail } from "./detail";
import type { FilesState } from "./state";
import { RowHeights, rowWindow } from "./window";

export interface GridEvents {
  /** The order was changed by the reader. */
  sorted(): void;
  selectionChanged(): void;
  copyCommand(command: string): void;
  copyRows(): void;
}

export class FileGrid {
  readonly element: HTMLElement;
  private readonly head: HTMLElement;
  private readonly body = h("div", { class: "rows", role: "rowgroup" });
  private readonly heights = new RowHeights(44);
  /** By position in the list: what exists now, and what is open. */
  private readonly shown = new Map<number, HTMLElement>();
  private readonly opened = new Set<number>();
  private readonly prefix = newId("file");
  private active = 0;
  private anchor = 0;
  private scheduled = false;

  constructor(
    private readonly ctx: Context,
    private readonly state: FilesState,
    private readonly events: GridEvents,
  ) {
    this.head = h("div", { class: "head row", role: "row", "aria-rowindex": 1 });
    this.element = h(
      "div",
      {
        class: "file-grid",
        role: "treegrid",
        tabindex: 0,
        "aria-label": `${ctx.t("fileGrid")}. ${ctx.t("gridKeys")}`,
        "aria-multiselectable": "true",
        scroll: () => this.schedule(),
        keydown: (e: KeyboardEvent) => this.key(e),
        click: (e: MouseEvent) => this.click(e),
      },
      h("div", { role: "rowgroup", class: "head-group" }, this.head),
      this.body,
    );
    this.fillHead();
    new ResizeObserver(() => this.measure()).observe(this.element);
  }

  /** The rows are others or in another order. */
  reset(): void {
    this.opened.clear();
    this.heights.clear();
    this.active = this.anchor = 0;
    this.element.scrollTop = 0;
    this.clear();
    this.render();
  }

  private clear(): void {
    for (const el of this.shown.values()) el.remove();
    this.shown.clear();
  }

  private fillHead(): void {
    const { ctx, state } = this;
    const sortButton = (column: FileColumn) => {
      const sorted = state.sort?.column === column ? state.sort : null;
      return h(
        "button",
        {
          type: "button",
          class: `sort ${sorted === null ? "" : sorted.descending ? "down" : "up"}`,
          "aria-label": ctx.t("sortBy", { column: columnTitle(ctx, column) }),
          click: () => {
            state.sortBy(column);
            this.fillHead();
            this.reset();
            this.events.sorted();
            // The button was replaced; the reader's place is its successor.
            this.head.querySelector<HTMLElement>(`[data-column="${column}"]`)?.focus();
          },
          "data-column": column,
        },
        columnTitle(ctx, column),
      );
    };
    const ariaSort = (columns: readonly FileColumn[]) =>
      state.sort === null || !columns.includes(state.sort.column)
        ? null
        : state.sort.descending
          ? "descending"
          : "ascending";
    this.head.replaceChildren(
      h(
        "div",
        { class: "cell c-select", role: "columnheader" },
        h("span", { class: "hidden" }, ctx.t("selectRow")),
      ),
      ...CELL_COLUMNS.map((c) =>
        h(
          "div",
          { class: `cell ${c.className}`, role: "columnheader", "aria-sort": ariaSort(c.columns) },
          c.columns.map((column) => h("div", { class: "line" }, sortButton(column))),
        ),
      ),
    );
  }

  /** Row height is the style sheet's; it differs on narrow screens. */
  private measure(): void {
    const height = parseFloat(getComputedStyle(this.element).getPropertyValue("--row-height"));
    if (height > 0 && height !== this.heights.rowHeight) {
      this.heights.rowHeight = height;
      this.clear();
    }
    this.render();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.render();
    });
  }

  private render(): void {
    const { element, heights, shown, state } = this;
    const count = state.rows.length;
    element.setAttribute("aria-rowcount", String(count + 1));
    element.classList.toggle("empty", count === 0);
    this.body.style.height = `${heights.top(count)}px`;
    const { from, to } = rowWindow(heights, count, element.scrollTop, element.clientHeight);
    for (const [position, el] of shown) {
      if (position >= from && position < to) continue;
      // A row that holds the focus stays, else the reader would lose the place.
      if (el.contains(document.activeElement)) continue;
      el.remove();
      shown.delete(position);
    }
    let before: HTMLElement | null = null;
    for (let position = to - 1; position >= from; position--) {
      let el = shown.get(position);
      if (el === undefined) {
        el = this.makeRow(position);
        shown.set(position, el);
        this.body.insertBefore(el, before);
      }
      before = el;
    }
    for (const [position, el] of shown) el.style.transform = `translateY(${heights.top(position)}px)`;
    this.markActive();
  }

  private makeRow(position: number): HTMLElement {
    const { ctx, state } = this;
    const row = state.rows[position]!;
    const selected = state.selected.has(row);
    const open = this.opened.has(position);
    const main = h(
      "div",
      {
        class: "row",
        role: "row",
        id: `${this.prefix}-${position}`,
        "aria-rowindex": position + 2,
        "aria-selected": String(selected),
        "aria-expanded": String(open),
      },
      h(
        "div",
        { class: "cell c-select", role: "gridcell" },
        h("input", {
          type: "checkbox",
          tabindex: -1,
          checked: selected,
          "aria-label": `${ctx.t("selectRow")}: ${plain(state.table.text(row, "path"))}`,
        }),
      ),
      CELL_COLUMNS.map((c) => cell(ctx, state.table, row, c)),
    );
    const item = h(
      "div",
      { class: `item ${position % 2 === 1 ? "odd" : ""}`, "data-position": position, role: "presentation" },
      main,
    );
    if (open) item.append(this.makeDetail(position, row));
    return item;
  }

  private makeDetail(position: number, row: number): HTMLElement {
    return detail(this.ctx, this.state.table, row, this.events.copyCommand, () => {
      this.toggleOpen(position);
      this.element.focus();
    });
  }

  private toggleOpen(position: number): void {
    const row = this.state.rows[position];
    const item = this.shown.get(position);
    if (row === undefined || item === undefined) return;
    const open = !this.opened.delete(position);
    if (open) {
      this.opened.add(position);
      const panel = this.makeDetail(position, row);
      item.append(panel);
      this.heights.setExtra(position, panel.offsetHeight);
    } else {
      item.querySelector(".detail")?.remove();
      this.heights.setExtra(position, 0);
    }
    item.firstElementChild?.setAttribute("aria-expanded", String(open));
    this.render();
    if (open) this.scrollTo(position);
  }

  private setSelected(position: number, selected: boolean): void {
    const row = this.state.rows[position];
    if (row === undefined) return;
    if (selected) this.state.selected.add(row);
    else this.state.selected.delete(row);
  }

  /** Shows the selection in the rows that exist. */
  refreshSelection(): void {
    for (const [position, el] of this.shown) {
      const selected = this.state.selected.has(this.state.rows[position]!);
      el.firstElementChild?.setAttribute("aria-selected", String(selected));
      const box = el.querySelector<HTMLInputElement>("input[type=checkbox]");
      if (box !== null) box.checked = selected;
    }
  }

  private click(e: MouseEvent): void {
    const target = e.target as Element;
    const item = target.closest<HTMLElement>(".item");
    if (item === null || target.closest(".detail") !== null) return;
    const position = Number(item.dataset["position"]);
    this.active = position;
    if (target.closest(".c-select") !== null) this.clickSelect(position, e.shiftKey);
    // Marking text with the mouse is not a click on the row.
    else if (String(getSelection()) === "") this.toggleOpen(position);
    this.markActive();
  }

  private clickSelect(position: number, range: boolean): void {
    const selected = !this.state.selected.has(this.state.rows[position]!);
    const [from, to] = range
      ? [Math.min(this.anchor, position), Math.max(this.anchor, position)]
      : [position, position];
    for (let p = from; p <= to; p++) this.setSelected(p, selected);
    this.anchor = position;
    this.refreshSelection();
    this.events.selectionChanged();
  }

  private key(e: KeyboardEvent): void {
    // Buttons inside, such as sort and copy, keep their own keys.
    if (e.target !== this.element) return;
    const count = this.state.rows.length;
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.heights.rowHeight) - 2);
    const to: Record<string, number> = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + page,
      PageUp: this.active - page,
      Home: 0,
      End: count - 1,
    };
    const target = to[e.key];
    const command = e.ctrlKey || e.metaKey;
    if (target !== undefined) this.activate(target);
    else if (e.key === "Enter") this.toggleOpen(this.active);
    else if (e.key === " ") this.clickSelect(this.active, e.shiftKey);
    else if (command && e.key === "a") {
      this.state.selectAll();
      this.refreshSelection();
      this.events.selectionChanged();
    } else if (command && e.key === "c" && String(getSelection()) === "") this.events.copyRows();
    else return;
    e.preventDefault();
  }

  private activate(position: number): void {
    this.active = Math.min(this.state.rows.length - 1, Math.max(0, position));
    this.scrollTo(this.active);
    this.render();
  }

  private scrollTo(position: number): void {
    const { element, heights } = this;
    const top = heights.top(position);
    const view = element.clientHeight - this.head.offsetHeight;
    const bottom = top + Math.min(view, heights.height(position));
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom > element.scrollTop + view) element.scrollTop = bottom - view;
  }

  private markActive(): void {
    for (const [position, el] of this.shown) el.classList.toggle("active", position === this.active);
    if (this.shown.has(this.active))
      this.element.setAttribute("aria-activedescendant", `${this.prefix}-${this.active}`);
    else this.element.removeAttribute("aria-activedescendant");
  }
}
