// What a first notice must say: what was looked for, seen or not, or not to be told.
import type { Context } from "../context";
import { h } from "../dom";
import type { Check } from "../model/report";
import { evidence } from "./evidence";
import { checkMark } from "./marks";
import { growingTable, section } from "./section";
import { show } from "./show";

export function checksSection(ctx: Context): HTMLElement | null {
  const { t } = ctx;
  const checks = ctx.report.checks ?? [];
  if (checks.length === 0) return null;
  return section(
    ctx,
    "checks",
    h("p", { class: "note" }, t("checksNote")),
    growingTable<Check>(
      ctx,
      t("section.checks"),
      [
        { title: t("check"), cell: (c) => h("strong", {}, t.word("check", c.name)) },
        {
          title: t("state"),
          cell: (c) =>
            h("span", { class: `state check-${c.state}` }, checkMark(c.state), " ", t.word("checkState", c.state)),
        },
        { title: t("what"), className: "wide", cell: (c) => show(ctx, c.text) },
        { title: t("evidence"), cell: (c) => evidence(ctx, c.ids, c.count, c.command) },
      ],
      checks,
    ),
  );
}
