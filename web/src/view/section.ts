// The frame of a section, and tables that grow on demand.
import type { Context } from "../context";
import type { Child } from "../dom";
import { h } from "../dom";
import type { MessageKey } from "../i18n";

const SECTIONS = [
  "answer",
  "timeline",
  "checks",
  "explanations",
  "tracks",
  "accounts",
  "folders",
  "content",
  "files",
  "coverage",
  "inputs",
  "method",
] as const;
export type SectionName = (typeof SECTIONS)[number];

/** Those this report has something for: without a track there is nothing to check or to explain. */
export function sectionsOf({ report }: Context): SectionName[] {
  const empty: Partial<Record<SectionName, boolean>> = {
    checks: (report.checks ?? []).length === 0,
    explanations: (report.hypotheses ?? []).length === 0,
  };
  return SECTIONS.filter((name) => !empty[name]);
}

export function sectionTitle(ctx: Context, name: SectionName): string {
  return ctx.t(`section.${name}` as MessageKey);
}

export function section(ctx: Context, name: SectionName, ...children: Child[]): HTMLElement {
  return h(
    "section",
    { id: name, class: `section section-${name}`, "aria-labelledby": `${name}-title`, tabindex: -1 },
    h(
      "h2",
      { id: `${name}-title` },
      h("span", { class: "number", "aria-hidden": "true" }, sectionsOf(ctx).indexOf(name) + 1),
      sectionTitle(ctx, name),
    ),
    ...children,
  );
}

export interface Column<T> {
  title: string;
  className?: string;
  cell(item: T): Child;
}

const FIRST_ROWS = 25;
const MORE_ROWS = 500;
/** On paper nobody can ask for more. */
const PRINTED_ROWS = 200;

/** Wide tables scroll sideways by themselves; then they take the focus. */
function scroller(label: string, table: HTMLElement): HTMLElement {
  const box = h("div", { class: "scroll-x" }, table);
  new ResizeObserver(() => {
    const scrolls = box.scrollWidth > box.clientWidth + 1;
    if (!scrolls) {
      for (const a of ["tabindex", "role", "aria-label"]) box.removeAttribute(a);
      return;
    }
    box.setAttribute("tabindex", "0");
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", label);
  }).observe(box);
  return box;
}

/** A table of the first rows, with a button for more. */
export function growingTable<T>(
  ctx: Context,
  label: string,
  columns: readonly Column<T>[],
  items: readonly T[],
  rowClass: (item: T) => string = () => "",
): HTMLElement {
  const body = h("tbody");
  const row = (item: T) =>
    h(
      "tr",
      { class: rowClass(item) || null },
      columns.map((c) => h("td", { class: c.className ?? null }, c.cell(item))),
    );
  const rest = h("p", { class: "rest" });
  const grow = (n: number) => {
    const from = body.childElementCount;
    if (n <= 0) return;
    body.append(...items.slice(from, from + n).map(row));
    const shown = body.childElementCount;
    rest.replaceChildren();
    rest.hidden = shown >= items.length;
    if (rest.hidden) return;
    const next = Math.min(MORE_ROWS, items.length - shown);
    rest.append(
      ctx.t("rest", { shown: ctx.t.n(shown), total: ctx.t.n(items.length) }),
      " ",
      h("button", { type: "button", click: () => grow(MORE_ROWS) }, ctx.t("showMore", { n: ctx.t.n(next) })),
    );
  };
  grow(FIRST_ROWS);
  ctx.printHooks.push({
    before: () => grow(PRINTED_ROWS - body.childElementCount),
    after: () => undefined,
  });
  const table = h(
    "table",
    {},
    h("caption", { class: "hidden" }, label),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        columns.map((c) => h("th", { scope: "col", class: c.className ?? null }, c.title)),
      ),
    ),
    body,
  );
  return h("div", { class: "table" }, scroller(label, table), rest);
}
