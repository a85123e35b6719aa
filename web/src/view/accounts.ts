// Who used the servers, from where.
import type { Context } from "../context";
import { h } from "../dom";
import type { Account } from "../model/report";
import { growingTable, section } from "./section";
import type { Column } from "./section";
import { count, show, showField, time } from "./show";

const COUNTS = ["read", "opened", "listed", "denied", "missing"] as const;

export function accountsSection(ctx: Context): HTMLElement {
  const { t, report } = ctx;
  if (report.accounts.length === 0)
    return section(ctx, "accounts", h("p", { class: "muted" }, t("noAccounts")));
  const rejected = new Set(
    report.tracks.filter((track) => track.status === "rejected").map((track) => track.id),
  );
  const numbers: Column<Account>[] = COUNTS.map((c) => ({
    title: t(`grade.${c}`),
    className: "num",
    cell: (a) => count(ctx, a[c]),
  }));
  return section(
    ctx,
    "accounts",
    h("p", { class: "note" }, t("accountsNote")),
    growingTable<Account>(
      ctx,
      t("section.accounts"),
      [
        {
          title: t("trackColumn"),
          cell: (a) => (a.track ? h("span", { class: "badge" }, show(ctx, a.track)) : null),
        },
        { title: t("account"), cell: (a) => showField(ctx, a, "account") },
        { title: t("client"), cell: (a) => showField(ctx, a, "client") },
        { title: t("workstation"), cell: (a) => showField(ctx, a, "workstation") },
        { title: t("server"), cell: (a) => showField(ctx, a, "server") },
        { title: t("first"), className: "time", cell: (a) => time(ctx, a.first) },
        { title: t("last"), className: "time", cell: (a) => time(ctx, a.last) },
        ...numbers,
        { title: t("changed"), className: "num", cell: (a) => count(ctx, a.changed) },
      ],
      report.accounts,
      (a) => (a.track && !rejected.has(a.track) ? "in-track" : ""),
    ),
  );
}
