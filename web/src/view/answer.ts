// The first screen: verdict, summary, what bounds it, the figures, the first
// footprint. Written for a reader who reads nothing else.
import type { Context } from "../context";
import type { Child } from "../dom";
import { h } from "../dom";
import type { MessageKey } from "../i18n";
import type { Counts } from "../model/report";
import { trackSpan } from "../model/spans";
import { formatTime, parseTime } from "../time";
import { gradeMark, verdictMark } from "./marks";
import { show, showField, time } from "./show";

function list(ctx: Context, lines: readonly string[]): HTMLElement {
  return h(
    "ul",
    { class: "sentences" },
    lines.map((line) => h("li", {}, show(ctx, line))),
  );
}

function limitsBox(ctx: Context): HTMLElement {
  const { t, report } = ctx;
  return h(
    "aside",
    { class: "limits", "aria-labelledby": "limits-title" },
    h("h2", { id: "limits-title" }, t("limits")),
    report.limits.length > 0 ? list(ctx, report.limits) : h("p", {}, t("noLimits")),
    h("p", { class: "note" }, t("limitsNote")),
  );
}

const CHANGES = ["written", "renamed", "deleted"] as const;

/** Not added up: a file may have been written and renamed. */
function changeFigures(ctx: Context, c: Counts | undefined): string {
  return CHANGES.map((name) => ctx.t.n(c?.[name] ?? 0)).join(" · ");
}

interface Figure {
  name: string;
  scope: string;
  zero: boolean;
  everyone: string | null;
  note: string;
}

function figure(ctx: Context, f: Figure): HTMLElement {
  const { t } = ctx;
  return h(
    "div",
    { class: `figure ${f.zero ? "is-zero" : ""}` },
    h("dt", {}, gradeMark(f.name), " ", t(`figure.${f.name}` as MessageKey)),
    h(
      "dd",
      {},
      h("strong", {}, f.scope),
      h("span", { class: "note" }, f.note),
      f.everyone === null ? null : h("span", { class: "note" }, t("everyone", { n: f.everyone })),
    ),
  );
}

const PLAIN_FIGURES = ["read", "opened", "listed", "denied", "missing"] as const;

function figures(ctx: Context): HTMLElement {
  const { t } = ctx;
  const { scope, all } = ctx.report.counts;
  const note = (name: (typeof PLAIN_FIGURES)[number]) =>
    name === "listed" && scope?.names !== undefined && scope.names > 0
      ? t("figure.listed.names", { n: t.n(scope.names) })
      : t(`figure.${name}.note`);
  return h(
    "div",
    { class: "figures" },
    h("h2", {}, t("figures")),
    h("p", { class: "note" }, t("figuresNote")),
    h(
      "dl",
      {},
      PLAIN_FIGURES.map((name) =>
        figure(ctx, {
          name,
          scope: t.n(scope?.[name] ?? 0),
          zero: !scope?.[name],
          everyone: all?.[name] === undefined ? null : t.n(all[name]),
          note: note(name),
        }),
      ),
      figure(ctx, {
        name: "changed",
        scope: changeFigures(ctx, scope),
        zero: CHANGES.every((c) => !scope?.[c]),
        everyone: all === undefined ? null : changeFigures(ctx, all),
        note: t("figure.changed.note"),
      }),
    ),
  );
}

function pair(term: string, ...value: Child[]): HTMLElement {
  return h("div", {}, h("dt", {}, term), h("dd", {}, ...value));
}

/** "last footprint, 29 min later", from the tracks that are not rejected. */
function lastFootprint(ctx: Context, first: string): Child {
  const { t } = ctx;
  const span = trackSpan(ctx.report);
  const from = parseTime(first);
  if (span === null || !(span.to > from)) return null;
  return pair(
    t("footprint.last"),
    formatTime(span.to, ctx.offset),
    " ",
    h("span", { class: "muted" }, t("footprint.span", { span: t.duration((span.to - from) / 1000) })),
  );
}

function footprint(ctx: Context): HTMLElement {
  const { t } = ctx;
  const f = ctx.report.first_footprint;
  const title = h("h2", {}, t("footprint"));
  if (f === null)
    return h("div", { class: "footprint" }, title, h("p", { class: "muted" }, t("footprint.none")));
  return h(
    "div",
    { class: "footprint" },
    title,
    h("p", { class: "when" }, time(ctx, f.time)),
    h(
      "dl",
      { class: "pairs" },
      f.what ? pair(t("footprint.how"), t.word("footprint", f.what)) : null,
      f.account ? pair(t("footprint.who"), showField(ctx, f, "account")) : null,
      pair(
        t("footprint.from"),
        showField(ctx, f, "client"),
        f.workstation ? [" (", showField(ctx, f, "workstation"), ")"] : null,
      ),
      f.server ? pair(t("footprint.server"), showField(ctx, f, "server")) : null,
      f.track ? pair(t("trackColumn"), show(ctx, f.track)) : null,
      f.reason ? pair(t("footprint.why"), show(ctx, f.reason)) : null,
      lastFootprint(ctx, f.time),
    ),
    f.logs_begin
      ? h(
          "p",
          { class: "note" },
          t("footprint.logsBegin", { time: formatTime(parseTime(f.logs_begin), ctx.offset) }),
        )
      : null,
  );
}

export function answerSection(ctx: Context): HTMLElement {
  const { t } = ctx;
  const { verdict, headline, lines } = ctx.report.answer;
  return h(
    "section",
    { id: "answer", class: `section answer v-${verdict}`, "aria-labelledby": "answer-title", tabindex: -1 },
    h(
      "div",
      { class: "verdict" },
      h("p", { class: "verdict-word" }, verdictMark(verdict), t.word("verdict", verdict)),
      h("h1", { id: "answer-title" }, show(ctx, headline)),
    ),
    h(
      "div",
      { class: "answer-columns" },
      h("div", { class: "summary" }, h("h2", {}, t("summary")), list(ctx, lines)),
      footprint(ctx),
      limitsBox(ctx),
    ),
    figures(ctx),
  );
}
