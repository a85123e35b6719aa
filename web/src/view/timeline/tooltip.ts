// The exact numbers of one bar, beside the pointer or the keyboard's place.
import type { Context } from "../../context";
import { h } from "../../dom";
import type { Bin } from "../../model/bins";
import { TRACK_SERIES } from "../../model/bins";
import type { Finding, SeriesName } from "../../model/report";
import { plain } from "../../text/inert";
import { severityMark, swatch } from "../marks";
import { rangeText, show } from "../show";

const SERIES: SeriesName[] = [...TRACK_SERIES, "others"];
const MAX_FINDINGS = 4;

/** One sentence, for screen readers. */
export function binSentence(ctx: Context, bin: Bin, findings: readonly Finding[]): string {
  const { t } = ctx;
  const numbers = SERIES.filter((s) => bin[s] > 0).map((s) => `${t(`series.${s}`)} ${t.n(bin[s])}`);
  const alarms = findings
    .slice(0, MAX_FINDINGS)
    .map((f) => `${t("timeline.finding")} ${t.word("kind", f.kind)} ${plain(f.account)}`);
  return [rangeText(ctx, bin.from, bin.to), ...numbers, ...alarms].join("; ");
}

export function tooltipContent(ctx: Context, bin: Bin, findings: readonly Finding[]): Node[] {
  const { t } = ctx;
  return [
    h("p", { class: "tip-time" }, rangeText(ctx, bin.from, bin.to)),
    h(
      "table",
      {},
      SERIES.map((s) =>
        h(
          "tr",
          { class: bin[s] === 0 ? "zero" : null },
          h("td", {}, swatch(`s-${s}`), t(`series.${s}`)),
          h("td", { class: "num" }, t.n(bin[s])),
        ),
      ),
    ),
    ...findings
      .slice(0, MAX_FINDINGS)
      .map((f) =>
        h(
          "p",
          { class: "tip-finding" },
          severityMark(f.severity),
          t.word("kind", f.kind),
          " ",
          show(ctx, f.account),
          " ",
          show(ctx, f.client),
        ),
      ),
    findings.length > MAX_FINDINGS
      ? h("p", { class: "muted" }, t("timeline.findings", { n: t.n(findings.length) }))
      : document.createTextNode(""),
  ];
}
