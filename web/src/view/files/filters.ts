// The filters of the file list. Choices with one value only are not offered.
import type { Context } from "../../context";
import { h } from "../../dom";
import type { MessageKey } from "../../i18n";
import { changeWords, GRADES } from "../../model/fileTable";
import type { FileTable } from "../../model/fileTable";
import type { Choice, Filter } from "../../model/filter";
import { CHOICES, isActive, NO_FILTER } from "../../model/filter";
import { plain } from "../../text/inert";
import { localValue, parseLocal } from "../../time";
import { gradeMark } from "../marks";
import { columnTitle } from "./cells";
import type { FilesState } from "./state";

/** Typing is answered when the reader pauses, or at once if lists are short. */
const TYPING_PAUSE_MS = 90;

export class FilterBar {
  readonly element: HTMLElement;
  private readonly search: HTMLInputElement;
  private readonly grades = new Map<string, HTMLInputElement>();
  private readonly choices = new Map<Choice, HTMLSelectElement>();
  private readonly change: HTMLSelectElement | null;
  private readonly from: HTMLInputElement;
  private readonly to: HTMLInputElement;
  private readonly resetButton: HTMLButtonElement;
  private pause = 0;

  constructor(
    private readonly ctx: Context,
    private readonly state: FilesState,
    private readonly changed: () => void,
  ) {
    const { t } = ctx;
    const { table } = state;
    this.search = h("input", {
      type: "search",
      placeholder: t("searchHint"),
      spellcheck: "false",
      autocomplete: "off",
      input: () => this.typed(),
    });
    this.change = this.changeSelect(table);
    this.from = this.timeField();
    this.to = this.timeField();
    this.resetButton = h("button", { type: "button", click: () => this.apply(NO_FILTER) }, t("resetFilter"));
    this.element = h(
      "div",
      { class: "filters", role: "search" },
      this.labelled(t("search"), this.search, "f-search"),
      this.gradeBoxes(table),
      CHOICES.map((c) => this.choiceSelect(table, c)),
      this.change === null ? null : this.labelled(t("changes"), this.change),
      h(
        "div",
        { class: "f-range" },
        this.labelled(t("timeFrom"), this.from),
        this.labelled(t("timeTo"), this.to),
      ),
      this.resetButton,
    );
    this.write(state.filter);
  }

  /** Sets the fields and the filter to the same. */
  apply(filter: Filter): void {
    this.write(filter);
    this.state.setFilter(filter);
    this.resetButton.disabled = !isActive(filter);
    this.changed();
  }

  private labelled(label: string, field: HTMLElement, className = ""): HTMLElement {
    return h("label", { class: `field ${className}`.trim() }, h("span", {}, label), field);
  }

  private timeField(): HTMLInputElement {
    return h("input", { type: "datetime-local", step: 1, change: () => this.read() });
  }

  private gradeBoxes(table: FileTable): HTMLElement {
    const { t } = this.ctx;
    const { values, counts } = table.dictionary("grade");
    const present = [...values].sort((a, b) => GRADES.indexOf(a) - GRADES.indexOf(b));
    return h(
      "fieldset",
      { class: "field f-grades" },
      h("legend", {}, t("grade")),
      h(
        "div",
        { class: "chips" },
        present.map((grade) => {
          const box = h("input", { type: "checkbox", change: () => this.read() });
          this.grades.set(grade, box);
          return h(
            "label",
            { class: "chip" },
            box,
            gradeMark(grade),
            t.word("grade", grade),
            h("span", { class: "tally" }, t.n(counts[values.indexOf(grade)] ?? 0)),
          );
        }),
      ),
    );
  }

  private select(options: readonly [value: string, label: string][]): HTMLSelectElement {
    return h(
      "select",
      { change: () => this.read() },
      options.map(([value, label]) => h("option", { value }, label)),
    );
  }

  /** Options carry the place in the dictionary: "" is a value like others. */
  private choiceSelect(table: FileTable, column: Choice): HTMLElement | null {
    const { t } = this.ctx;
    const { values, counts } = table.dictionary(column);
    if (values.length < 2) return null;
    const sorted = values.map((_, i) => i).sort((a, b) => counts[b]! - counts[a]!);
    const select = this.select([
      ["", t("any")],
      ...sorted.map((i): [string, string] => [
        String(i),
        `${plain(values[i]!) || t("none")} (${t.n(counts[i]!)})`,
      ]),
    ]);
    this.choices.set(column, select);
    return this.labelled(columnTitle(this.ctx, column), select);
  }

  private changeSelect(table: FileTable): HTMLSelectElement | null {
    const { t } = this.ctx;
    const words = new Set(table.dictionary("changes").values.flatMap(changeWords));
    if (words.size === 0) return null;
    return this.select([
      ["", t("any")],
      ["any", t("anyChange")],
      ...[...words].map((w): [string, string] => [w, t(`change.${w}` as MessageKey)]),
    ]);
  }

  private typed(): void {
    clearTimeout(this.pause);
    this.pause = window.setTimeout(() => this.read(), TYPING_PAUSE_MS);
  }

  private write(f: Filter): void {
    const { table } = this.state;
    this.search.value = f.text;
    for (const [grade, box] of this.grades) box.checked = f.grades.has(grade);
    for (const [column, select] of this.choices) {
      const wanted = f[column];
      const at = wanted === null ? -1 : table.dictionary(column).values.indexOf(wanted);
      select.value = at < 0 ? "" : String(at);
    }
    if (this.change !== null) this.change.value = f.change ?? "";
    this.from.value = localValue(f.from, this.ctx.offset);
    this.to.value = localValue(f.to, this.ctx.offset);
    this.resetButton.disabled = !isActive(f);
  }

  private read(): void {
    const { table } = this.state;
    const filter: Filter = {
      ...NO_FILTER,
      text: this.search.value,
      grades: new Set([...this.grades].filter(([, box]) => box.checked).map(([grade]) => grade)),
      change: this.change?.value || null,
      from: parseLocal(this.from.value, this.ctx.offset),
      to: parseLocal(this.to.value, this.ctx.offset),
    };
    for (const [column, select] of this.choices)
      if (select.value !== "") filter[column] = table.dictionary(column).values[Number(select.value)] ?? null;
    this.state.setFilter(filter);
    this.resetButton.disabled = !isActive(filter);
    this.changed();
  }
}
