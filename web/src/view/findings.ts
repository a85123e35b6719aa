// Findings: what the detectors report, worst first as the report orders them.
import type { Context } from "../context";
import type { Child } from "../dom";
import { h } from "../dom";
import type { MessageKey } from "../i18n";
import type { Finding } from "../model/report";
import { severityMark } from "./marks";
import { growingTable } from "./section";
import { show, showField, time, timeRange } from "./show";

const VALUES = ["listed", "read", "opened", "denied", "missing", "changed", "folders", "accounts"] as const;

function measured(ctx: Context, f: Finding): string {
  const { t } = ctx;
  const v = f.values ?? {};
  const parts: string[] = [];
  // The message says it in words.
  if (!f.message && v["value"] !== undefined && v["threshold"] !== undefined)
    parts.push(
      t("value.threshold", {
        value: t.n(Math.round(v["value"] * 10) / 10),
        threshold: t.n(v["threshold"]),
        window: t.duration(v["window_s"] ?? 0),
      }),
    );
  for (const name of VALUES) {
    const n = v[name];
    if (n) parts.push(t(`value.${name}` as MessageKey, { n: t.n(n) }));
  }
  return parts.join(" · ");
}

function stack(...lines: Child[]): HTMLElement {
  return h("div", { class: "stack" }, ...lines.map((l) => (l === null ? null : h("div", {}, l))));
}

export function severityBadge(ctx: Context, severity: Finding["severity"]): HTMLElement {
  return h(
    "span",
    { class: `severity ${severity}` },
    severityMark(severity),
    ctx.t.word("severity", severity),
  );
}

function table(ctx: Context): HTMLElement {
  const { t } = ctx;
  return growingTable<Finding>(
    ctx,
    t("findings"),
    [
      { title: t("severity"), cell: (f) => severityBadge(ctx, f.severity) },
      { title: t("alarm"), className: "time", cell: (f) => time(ctx, f.time) },
      {
        title: t("whatHappened"),
        className: "wide",
        cell: (f) =>
          stack(
            h("strong", {}, t.word("kind", f.kind)),
            f.message ? show(ctx, f.message) : null,
            h("span", { class: "note" }, measured(ctx, f)),
          ),
      },
      { title: t("burst"), className: "time", cell: (f) => timeRange(ctx, f.first, f.last) },
      {
        title: `${t("account")} / ${t("client")}`,
        cell: (f) =>
          stack(showField(ctx, f, "account"), [
            showField(ctx, f, "client"),
            f.workstation ? [" ", h("span", { class: "muted" }, showField(ctx, f, "workstation"))] : null,
          ]),
      },
      {
        title: `${t("server")} / ${t("share")}`,
        cell: (f) => stack(showField(ctx, f, "server"), f.share ? showField(ctx, f, "share") : null),
      },
      { title: t("technique"), cell: (f) => h("code", {}, show(ctx, f.technique)) },
      { title: t("trackColumn"), cell: (f) => show(ctx, f.track) },
    ],
    ctx.report.findings,
  );
}

export function findingsPart(ctx: Context): Child {
  const { t, report } = ctx;
  return [
    h("h3", {}, t("findings"), " ", h("span", { class: "tally" }, t.n(report.findings.length))),
    h("p", { class: "note" }, t("findingsNote")),
    report.findings.length === 0 ? h("p", { class: "muted" }, t("noFindings")) : table(ctx),
  ];
}
