// What stands at the head and foot of every printed page. Browsers that do not
// know margin boxes ignore this; the page's own head is printed in any case.
import type { Context } from "../context";
import { plain } from "../text/inert";
import { timeText } from "../time";

/** Every character by its code: nothing in the text can end the string. */
function cssString(text: string): string {
  return `"${Array.from(text, (c) => `\\${(c.codePointAt(0) ?? 0).toString(16)} `).join("")}"`;
}

/** When the report was written; "" if it does not say. */
export function writtenText(ctx: Context): string {
  const { report, t } = ctx;
  const at = report.generated_at ? timeText(report.generated_at, report.zone) : null;
  return at === null ? "" : t("generatedAt", { time: `${at.date} ${at.clock}${at.zone}` });
}

export function pageMarginStyle(ctx: Context): string {
  const { report, t } = ctx;
  const left = [
    `Ashiato — ${t("title")}`,
    `${plain(report.generator.name)} ${plain(report.generator.version)}`,
    t("zone", { zone: plain(report.zone) }),
    writtenText(ctx),
  ];
  return `@page { @top-left { content: ${cssString(left.filter((s) => s !== "").join("  ·  "))} } }`;
}
