// The section with the file list: filters, counts, actions, the list itself.
import type { Context } from "../../context";
import { h } from "../../dom";
import type { Filter } from "../../model/filter";
import { NO_FILTER } from "../../model/filter";
import { section } from "../section";
import { copyText, rowsAsTsv, saveCsv } from "./export";
import { FilterBar } from "./filters";
import { FileGrid } from "./grid";
import { paperList, scopeCommand } from "./paper";
import type { FilesState } from "./state";

const CSV_NAME = "ashiato-files.csv";

export class FilesSection {
  readonly element: HTMLElement;
  private readonly bar: FilterBar;
  private readonly grid: FileGrid;
  private readonly matchCount = h("strong", {});
  private readonly selectedCount = h("span", { class: "muted" });
  private readonly status = h("span", { class: "status", role: "status" });
  private readonly copyButton = h("button", { type: "button", click: () => void this.copyRows() });
  private readonly saveButton = h("button", { type: "button", click: () => this.save() });
  private readonly noneButton: HTMLButtonElement;
  private readonly noMatch: HTMLElement;
  private readonly paper = h("div", { class: "only-print" });

  constructor(
    private readonly ctx: Context,
    private readonly state: FilesState,
  ) {
    const { t } = ctx;
    this.noneButton = h("button", { type: "button", click: () => this.selectNone() }, t("selectNone"));
    // What is not found here may be among what the page does not hold.
    this.noMatch = h("p", { class: "no-match muted" }, t("noMatch"), " ", this.cutText());
    this.grid = new FileGrid(ctx, state, {
      sorted: () => this.update(),
      selectionChanged: () => this.update(),
      copyCommand: (command) => void this.copyCommand(command),
      copyRows: () => void this.copyRows(),
    });
    this.bar = new FilterBar(ctx, state, () => {
      this.grid.reset();
      this.update();
    });
    this.element = section(ctx, "files", this.content());
    this.update();
    ctx.printHooks.push({
      before: () => this.paper.replaceChildren(paperList(ctx, state)),
      after: () => this.paper.replaceChildren(),
    });
  }

  /** Filters anew: what was set before does not hide what the reader asks for. */
  show(filter: Partial<Filter>): void {
    this.bar.apply({ ...NO_FILTER, ...filter });
    this.element.scrollIntoView();
    this.element.focus({ preventScroll: true });
  }

  /** null: the page holds every path. */
  private cutText(): string | null {
    const { t, report } = this.ctx;
    const { total } = report.files;
    const shown = this.state.table.size;
    if (total <= shown) return null;
    return t("filesCut", { shown: t.n(shown), total: t.n(total), command: scopeCommand() });
  }

  private content(): HTMLElement[] {
    const { ctx, state } = this;
    const { t } = ctx;
    const note = h("p", { class: "note" }, t("filesNote"));
    if (state.table.size === 0)
      return [
        h("p", { class: "muted" }, t("noFiles")),
        ctx.report.answer.verdict === "cannot-tell"
          ? h("p")
          : h("p", { class: "note" }, t("noFilesHow", { command: `${scopeCommand()} --all` })),
      ];
    const cut = this.cutText();
    const warning = cut === null ? [] : [h("p", { class: "warning" }, cut)];
    const actions = h(
      "div",
      { class: "list-bar" },
      h("span", { "aria-live": "polite" }, this.matchCount),
      this.selectedCount,
      h("button", { type: "button", click: () => this.selectAll() }, t("selectAll")),
      this.noneButton,
      h("span", { class: "spring" }),
      this.status,
      this.copyButton,
      this.saveButton,
    );
    const screen = h(
      "div",
      { class: "no-print" },
      this.bar.element,
      actions,
      this.grid.element,
      this.noMatch,
      h("p", { class: "note" }, t("gridKeys")),
    );
    return [note, ...warning, screen, this.paper];
  }

  private update(): void {
    const { state } = this;
    const { t } = this.ctx;
    const rows = state.rows.length;
    const selected = state.selected.size;
    const exported = t.n(state.exported().length);
    this.matchCount.textContent = t("matching", { n: t.n(rows), total: t.n(state.table.size) });
    this.selectedCount.textContent = selected === 0 ? "" : t("selected", { n: t.n(selected) });
    this.noneButton.hidden = selected === 0;
    this.copyButton.textContent = selected === 0 ? t("copyRows") : t("copySelected", { n: exported });
    this.saveButton.textContent = selected === 0 ? t("saveRows") : t("saveSelected", { n: exported });
    this.noMatch.hidden = rows > 0;
    this.status.textContent = "";
  }

  private selectAll(): void {
    this.state.selectAll();
    this.grid.refreshSelection();
    this.update();
  }

  private selectNone(): void {
    this.state.selected.clear();
    this.grid.refreshSelection();
    this.update();
  }

  private async copyRows(): Promise<void> {
    const { t } = this.ctx;
    const rows = this.state.exported();
    const done = await copyText(rowsAsTsv(this.state.table, rows));
    this.status.textContent = done ? t("copied", { n: t.n(rows.length) }) : t("copyFailed");
  }

  private async copyCommand(command: string): Promise<void> {
    const { t } = this.ctx;
    this.status.textContent = (await copyText(command)) ? t("copiedCommand") : t("copyFailed");
  }

  private save(): void {
    const { t } = this.ctx;
    const rows = this.state.exported();
    saveCsv(this.state.table, rows, CSV_NAME);
    this.status.textContent = t("saved", { n: t.n(rows.length), name: CSV_NAME });
  }
}
