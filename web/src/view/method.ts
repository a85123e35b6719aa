// How the figures were made, and what the words mean.
import type { Context } from "../context";
import type { MessageKey } from "../i18n";
import { h } from "../dom";
import { GRADES } from "../model/fileTable";
import { gradeMark } from "./marks";
import { section } from "./section";
import { show } from "./show";

export function methodSection(ctx: Context): HTMLElement {
  const { t, report } = ctx;
  return section(
    ctx,
    "method",
    h(
      "div",
      { class: "two-columns" },
      h(
        "div",
        {},
        h("h3", {}, t("methodHow")),
        h(
          "ul",
          { class: "sentences" },
          report.method.map((line) => h("li", {}, show(ctx, line))),
        ),
      ),
      h(
        "div",
        {},
        h("h3", {}, t("words")),
        h(
          "dl",
          { class: "pairs words" },
          GRADES.map((g) =>
            h(
              "div",
              {},
              h("dt", {}, gradeMark(g), t(`grade.${g}` as MessageKey)),
              h("dd", {}, t(`grade.${g}.help` as MessageKey)),
            ),
          ),
        ),
      ),
    ),
  );
}
