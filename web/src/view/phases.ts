// The phases of the tracks, as a table below the picture.
import type { Context } from "../context";
import type { Child } from "../dom";
import { h } from "../dom";
import type { Filter } from "../model/filter";
import type { Phase } from "../model/report";
import { plain } from "../text/inert";
import { parseTime } from "../time";
import { swatch } from "./marks";
import type { Column } from "./section";
import { growingTable } from "./section";
import { count, show, showField, timeRange } from "./show";

/** The class of a phase in the picture and beside its name. */
export function phaseClass(p: Phase): string {
  return `p-${p.activity ?? p.name}${p.name === "loud-end" ? " p-loud" : ""}`;
}

function name(ctx: Context, p: Phase): Child {
  const { t } = ctx;
  const more = p.name === "loud-end" || p.name === "entry" ? p.activity : null;
  return [
    swatch(phaseClass(p)),
    h("strong", {}, t.word("phase", p.name)),
    more === null ? null : h("span", { class: "muted" }, ` (${t.word("phase", more)})`),
  ];
}

function actors(ctx: Context, p: Phase): Child {
  const { some } = p.actors;
  return [
    some.map((a) =>
      h("div", {}, showField(ctx, a, "account"), " ", h("span", { class: "muted" }, showField(ctx, a, "client"))),
    ),
    p.actors.count > some.length
      ? h("div", { class: "note" }, ctx.t("andMore", { n: ctx.t.n(p.actors.count - some.length) }))
      : null,
  ];
}

function logons(ctx: Context, p: Phase): Child {
  const { t } = ctx;
  if (p.logons + p.failed_logons === 0) return null;
  return h("div", { class: "note" }, t("phase.logons", { ok: t.n(p.logons), failed: t.n(p.failed_logons) }));
}

/** A number of paths, as a way to the rows of that time: these have each path's
 *  strongest grade of all phases. */
function listed(ctx: Context, p: Phase, n: number, grades: readonly string[]): Child {
  if (n === 0 || grades.length === 0 || !ctx.tracksWithFiles.has(p.track)) return count(ctx, n);
  return h(
    "button",
    {
      type: "button",
      class: "link",
      "aria-label": `${ctx.t.n(n)}. ${ctx.t("trackFiles")}`,
      click: () => ctx.showFiles({ ...timeOf(p), grades: new Set(grades) }),
    },
    ctx.t.n(n),
  );
}

function timeOf(p: Phase): Partial<Filter> {
  return { track: p.track, from: parseTime(p.from), to: parseTime(p.to) + 1000 };
}

function filesButton(ctx: Context, p: Phase): Child {
  if (p.accesses === 0 || !ctx.tracksWithFiles.has(p.track)) return null;
  return h(
    "button",
    {
      type: "button",
      class: "link no-print",
      click: () => ctx.showFiles(timeOf(p)),
    },
    ctx.t("trackFiles"),
  );
}

export function phasesPart(ctx: Context): Child {
  const { t } = ctx;
  const phases = ctx.report.phases ?? [];
  if (phases.length === 0) return null;
  const several = new Set(phases.map((p) => p.track)).size > 1;
  const number = (title: string, of: (p: Phase) => number, grades: readonly string[] = []): Column<Phase> => ({
    title,
    className: "num",
    cell: (p) => (p.accesses === 0 ? null : listed(ctx, p, of(p), grades)),
  });
  return [
    h("h3", {}, t("phases")),
    h("p", { class: "note" }, t("phasesNote")),
    h("div", { class: "phases" }, growingTable<Phase>(
      ctx,
      t("phases"),
      [
        ...(several ? [{ title: t("trackColumn"), cell: (p: Phase) => plain(p.track) }] : []),
        { title: t("phase"), className: "phase-name", cell: (p) => name(ctx, p) },
        { title: t("timeline.time"), className: "phase-time", cell: (p) => timeRange(ctx, p.from, p.to) },
        number(t("accesses"), (p) => p.accesses),
        number(t("pace"), (p) => (p.pace === null ? 0 : Math.round(p.pace * 10) / 10)),
        number(t("grade.read"), (p) => p.read, ["read"]),
        number(t("grade.opened"), (p) => p.opened, ["opened"]),
        number(t("grade.listed"), (p) => p.listed, ["listed"]),
        number(t("series.track-denied"), (p) => p.denied + p.missing, ["denied", "missing"]),
        number(t("changed"), (p) => p.changed),
        number(t("section.folders"), (p) => p.folders),
        { title: `${t("account")} / ${t("client")}`, cell: (p) => actors(ctx, p) },
        {
          title: t("why"),
          className: "wide",
          cell: (p) => [show(ctx, p.text), logons(ctx, p), " ", filesButton(ctx, p)],
        },
      ],
      phases,
    )),
  ];
}
