// The head of the page: what this is, and the switches for the reader.
import type { Context } from "../context";
import { h } from "../dom";
import { languageNames } from "../i18n";
import type { Language } from "../model/report";
import type { Theme } from "../theme";
import { THEMES } from "../theme";
import { writtenText } from "./paper";
import { sectionsOf, sectionTitle } from "./section";
import { show } from "./show";

export interface Switches {
  theme: Theme;
  setLanguage(lang: Language): void;
  setTheme(theme: Theme): void;
}

interface Option<T extends string> {
  value: T;
  label: string;
  lang?: string;
}

function radioGroup<T extends string>(
  name: string,
  legend: string,
  options: readonly Option<T>[],
  current: T,
  choose: (value: T) => void,
): HTMLElement {
  return h(
    "fieldset",
    { class: "switch" },
    h("legend", { class: "hidden" }, legend),
    options.map(({ value, label, lang }) =>
      h(
        "label",
        { lang: lang ?? null },
        h("input", {
          type: "radio",
          name,
          value,
          checked: value === current,
          change: () => choose(value),
        }),
        h("span", {}, label),
      ),
    ),
  );
}

function switches(ctx: Context, s: Switches): HTMLElement {
  const { t } = ctx;
  const languages = Object.entries(languageNames) as [Language, string][];
  return h(
    "div",
    { class: "switches" },
    radioGroup(
      "language",
      t("language"),
      languages.map(([value, label]) => ({ value, label, lang: value })),
      t.lang,
      s.setLanguage,
    ),
    radioGroup(
      "theme",
      t("appearance"),
      THEMES.map((value) => ({ value, label: t(value) })),
      s.theme,
      s.setTheme,
    ),
    h("button", { type: "button", title: t("printHint"), click: () => print() }, t("print")),
  );
}

export function toolbar(ctx: Context, s: Switches): HTMLElement {
  const { t, report } = ctx;
  const { name, version } = report.generator;
  return h(
    "header",
    { class: "toolbar" },
    h(
      "div",
      { class: "imprint" },
      h(
        "p",
        { class: "product" },
        h("span", { class: "name" }, "Ashiato"),
        h("span", { lang: "ja" }, "足跡"),
        " ",
        t("title"),
      ),
      h(
        "p",
        { class: "facts" },
        h("span", {}, show(ctx, `${name} ${version}`)),
        h("span", {}, t("zone", { zone: "" }), show(ctx, report.zone)),
        h("span", {}, writtenText(ctx)),
      ),
    ),
    switches(ctx, s),
  );
}

export function navigation(ctx: Context): HTMLElement {
  return h(
    "nav",
    { class: "sections", "aria-label": ctx.t("sections") },
    h(
      "ol",
      {},
      sectionsOf(ctx).map((name, i) =>
        h(
          "li",
          {},
          h(
            "a",
            { href: `#${name}` },
            h("span", { class: "number", "aria-hidden": "true" }, i + 1),
            sectionTitle(ctx, name),
          ),
        ),
      ),
    ),
  );
}
