// Tracks: what is attributed to one intruder, why, and how surely.
import type { Context } from "../context";
import type { Child } from "../dom";
import { h } from "../dom";
import type { PartGroup } from "../model/parts";
import { groupParts } from "../model/parts";
import type { Track } from "../model/report";
import { plain } from "../text/inert";
import { gradeMark } from "./marks";
import { growingTable } from "./section";
import { show, showField, time, timeRange } from "./show";

const GRADE_COUNTS = ["read", "opened", "listed", "denied", "missing"] as const;
const CHANGE_COUNTS = ["written", "renamed", "deleted"] as const;

function counts(ctx: Context, track: Track): HTMLElement {
  const { t } = ctx;
  const one = (sign: Child, word: string, n: number) => h("li", {}, sign, word, " ", h("strong", {}, t.n(n)));
  return h(
    "ul",
    { class: "counts" },
    GRADE_COUNTS.filter((g) => (track.counts[g] ?? 0) > 0 || g === "read").map((g) =>
      one(gradeMark(g), t(`grade.${g}`), track.counts[g] ?? 0),
    ),
    CHANGE_COUNTS.filter((c) => (track.counts[c] ?? 0) > 0).map((c) =>
      one(gradeMark("changed"), t(`change.${c}`), track.counts[c] ?? 0),
    ),
    typeof track.counts.records !== "number" ? null : one(null, t("records"), track.counts.records),
  );
}

/** Accounts that were only tried from one place for one reason share a row. */
function accountsOf(ctx: Context, p: PartGroup): Child {
  const names = p.parts.map((part, i) => [i === 0 ? null : ", ", showField(ctx, part, "account")]);
  if (names.length === 1) return names;
  return [h("strong", {}, ctx.t("accounts", { n: ctx.t.n(names.length) })), " ", names];
}

function parts(ctx: Context, track: Track): HTMLElement {
  const { t } = ctx;
  return growingTable(
    ctx,
    t("track", { id: plain(track.id) }),
    [
      { title: t("account"), cell: (p) => accountsOf(ctx, p) },
      { title: t("client"), cell: (p) => showField(ctx, p.parts[0]!, "client") },
      { title: t("workstation"), cell: (p) => showField(ctx, p.parts[0]!, "workstation") },
      { title: t("server"), cell: (p) => showField(ctx, p.parts[0]!, "server") },
      { title: t("from"), className: "time", cell: (p) => time(ctx, p.from) },
      { title: t("to"), className: "time", cell: (p) => time(ctx, p.to) },
      { title: t("partReason"), className: "wide", cell: (p) => show(ctx, p.parts[0]!.reason) },
    ],
    groupParts(track.parts),
  );
}

function card(ctx: Context, track: Track): HTMLElement {
  const { t } = ctx;
  return h(
    "article",
    { class: `track s-${track.status}` },
    h(
      "header",
      {},
      h("h4", {}, t("track", { id: plain(track.id) })),
      h("span", { class: `badge c-${track.confidence}` }, t.word("confidence", track.confidence)),
      h("span", { class: "muted" }, t.word("status", track.status)),
      track.origin === "analyst" ? h("span", { class: "muted" }, t("origin.analyst")) : null,
      h("span", { class: "when" }, timeRange(ctx, track.first, track.last)),
      ctx.tracksWithFiles.has(track.id)
        ? h(
            "button",
            { type: "button", class: "no-print", click: () => ctx.showFiles({ track: track.id }) },
            t("trackFiles"),
          )
        : null,
    ),
    h("p", { class: "reason" }, show(ctx, track.reason)),
    counts(ctx, track),
    parts(ctx, track),
  );
}

export function tracksPart(ctx: Context): Child {
  const { t, report } = ctx;
  return [
    h("h3", {}, t("tracks")),
    h("p", { class: "note" }, t("tracksNote")),
    report.tracks.length === 0
      ? h("p", { class: "muted" }, t("noTracks"))
      : report.tracks.map((track) => card(ctx, track)),
  ];
}
