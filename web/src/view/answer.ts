// The first screen: verdict, summary, what bounds it, the figures, the first
// footprint. Written for a reader who reads nothing else.
import type { Context } from "../context";
import type { Child } from "../dom";
import { h } from "../dom";
import type { MessageKey } from "../i18n";
import type { Filter } from "../model/filter";
import type { Counts } from "../model/report";
import { trackSpan } from "../model/spans";
import { formatTime, parseTime } from "../time";
import { gradeMark, verdictMark } from "./marks";
import { show, showField, showSentence, time } from "./show";

/** "Since when? …", 「いつからか：…」: the question stands out. Not what may be a file's name. */
const QUESTION = /^[^/\\:?？：]{2,60}(?:[?？]|か：)/u;

function sentence(ctx: Context, line: string): Child {
  const question = QUESTION.exec(line)?.[0] ?? "";
  return [
    question === "" ? null : h("strong", { class: "question" }, show(ctx, question)),
    showSentence(ctx, line.slice(question.length)),
  ];
}

/** Lines that begin with a space belong to the one before them. */
function list(ctx: Context, lines: readonly string[]): HTMLElement {
  const top = h("ul", { class: "sentences" });
  for (const line of lines) {
    const parent = top.lastElementChild;
    if (/^\s/.test(line) && parent !== null) {
      const inner = parent.querySelector("ul") ?? parent.appendChild(h("ul", { class: "sentences" }));
      inner.append(h("li", {}, showSentence(ctx, line.trim())));
    } else top.append(h("li", {}, sentence(ctx, line)));
  }
  return top;
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
function changeKinds(ctx: Context, c: Counts | undefined): string {
  const { t } = ctx;
  return CHANGES.filter((name) => (c?.[name] ?? 0) > 0)
    .map((name) => `${t(`change.${name}`)} ${t.n(c?.[name] ?? 0)}`)
    .join(" · ");
}

const FIGURES = ["read", "opened", "listed", "denied", "missing", "changed"] as const;
type FigureName = (typeof FIGURES)[number];

/** Of these a part of everyone's can be told. What one account was denied
 *  another may have read, and a path counts by its strongest evidence. */
const COMPARABLE: readonly FigureName[] = ["read", "opened", "listed", "changed"];

function figureNote(ctx: Context, name: FigureName, c: Counts | undefined): string {
  const { t } = ctx;
  if (name === "listed" && (c?.names ?? 0) > 0) return t("figure.listed.names", { n: t.n(c?.names ?? 0) });
  return (name === "changed" && changeKinds(ctx, c)) || t(`figure.${name}.note`);
}

/** A change is not a grade of its own: a file may have been read and changed. */
function filterOf(name: FigureName): Partial<Filter> {
  return name === "changed" ? { change: "any" } : { grades: new Set([name]) };
}

/** The number, as a way to the rows behind it. Of everyone's there are none here. */
function listOf(ctx: Context, name: FigureName, n: number | null | undefined, isScope: boolean): Child {
  const { t } = ctx;
  if (typeof n !== "number") return "–";
  if (n === 0 || !isScope || ctx.report.files.rows.length === 0) return t.n(n);
  return h(
    "button",
    {
      type: "button",
      class: "link figure-list",
      title: t("trackFiles"),
      "aria-label": `${t(`figure.${name}` as MessageKey)}: ${t.n(n)}. ${t("trackFiles")}`,
      click: () => ctx.showFiles(filterOf(name)),
    },
    t.n(n),
  );
}

function figure(ctx: Context, name: FigureName, counts: Counts | undefined, all?: Counts): HTMLElement {
  const { t } = ctx;
  const n = counts?.[name];
  const everyone = COMPARABLE.includes(name) ? all?.[name] : null;
  return h(
    "div",
    { class: `figure ${n ? "" : "is-zero"}` },
    h("dt", {}, gradeMark(name), " ", t(`figure.${name}` as MessageKey)),
    h(
      "dd",
      {},
      h("strong", {}, listOf(ctx, name, n, all !== undefined)),
      h("span", { class: "note" }, figureNote(ctx, name, counts)),
      typeof everyone === "number"
        ? h("span", { class: "note" }, t("everyone", { n: t.n(everyone) }))
        : null,
    ),
  );
}

/** Without a track the figures are everyone's: "0 files read" would be untrue. */
function figures(ctx: Context): HTMLElement {
  const { t, report } = ctx;
  const { scope, all } = report.counts;
  const tracked = report.tracks.some((track) => track.status !== "rejected");
  const frame = (title: MessageKey, note: MessageKey, className: string, ...rows: Child[]) =>
    h(
      "div",
      { class: `figures ${className}` },
      h("h2", {}, t(title)),
      h("p", { class: "note" }, t(note)),
      rows.length === 0 ? null : h("dl", {}, ...rows),
    );
  if (report.answer.verdict === "cannot-tell") return frame("figures", "figures.cannotTell", "of-nobody");
  if (tracked)
    return frame("figures", "figuresNote", "", ...FIGURES.map((name) => figure(ctx, name, scope, all)));
  return frame(
    "figures.everyone",
    typeof all?.read === "number" ? "figures.noTrack" : "figures.notCounted",
    "of-everyone",
    ...FIGURES.map((name) => figure(ctx, name, all)),
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

function footprint(ctx: Context): HTMLElement | null {
  const { t } = ctx;
  const f = ctx.report.first_footprint;
  const title = h("h2", {}, t("footprint"));
  if (f === null) return null;
  return h(
    "div",
    { class: "footprint" },
    title,
    h("p", { class: "when" }, time(ctx, f.time)),
    h(
      "dl",
      { class: "pairs" },
      f.what ? pair(t("footprint.how"), t.word("footprint", f.what)) : null,
      f.account ? pair(t(f.what === "failed-logon" ? "footprint.tried" : "footprint.who"), showField(ctx, f, "account")) : null,
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
  const { verdict, headline, paragraph, lines } = ctx.report.answer;
  return h(
    "section",
    { id: "answer", class: `section answer v-${verdict}`, "aria-labelledby": "answer-title", tabindex: -1 },
    h(
      "div",
      { class: "verdict" },
      h(
        "p",
        { class: "verdict-word" },
        verdictMark(verdict),
        h("span", { class: "hidden" }, `${t.word("verdict", verdict)}. `),
        t("question"),
      ),
      h("h1", { id: "answer-title" }, showSentence(ctx, headline)),
      paragraph === undefined ? null : h("p", { class: "paragraph" }, showSentence(ctx, paragraph)),
    ),
    figures(ctx),
    h(
      "div",
      { class: `answer-columns ${ctx.report.first_footprint === null ? "two" : ""}` },
      h("div", { class: "summary" }, h("h2", {}, t("summary")), list(ctx, lines)),
      footprint(ctx),
      limitsBox(ctx),
    ),
  );
}
