// Who used the servers, from where.
import type { Context } from "../context";
import { h } from "../dom";
import type { User } from "../model/accounts";
import { countOf, USER_COUNTS, users } from "../model/accounts";
import { growingTable, section } from "./section";
import type { Column } from "./section";
import { count, show, showField, time } from "./show";

export function accountsSection(ctx: Context): HTMLElement {
  const { t, report } = ctx;
  if (report.accounts.length === 0)
    return section(ctx, "accounts", h("p", { class: "muted" }, t("noAccounts")));
  const rejected = new Set(
    report.tracks.filter((track) => track.status === "rejected").map((track) => track.id),
  );
  const numbers: Column<User>[] = USER_COUNTS.map((c) => ({
    title: c === "changed" ? t("changed") : t(`grade.${c}`),
    className: "num",
    cell: (a) => count(ctx, countOf(a, c)),
  }));
  return section(
    ctx,
    "accounts",
    h("p", { class: "note" }, t("accountsNote")),
    growingTable<User>(
      ctx,
      t("section.accounts"),
      [
        {
          title: t("trackColumn"),
          cell: (a) => (a.track ? h("span", { class: "badge" }, show(ctx, a.track)) : null),
        },
        { title: t("account"), cell: (a) => showField(ctx, a.accounts[0]!, "account") },
        { title: t("client"), cell: (a) => showField(ctx, a.accounts[0]!, "client") },
        { title: t("workstation"), cell: (a) => show(ctx, a.workstations.join(", ")) },
        { title: t("server"), cell: (a) => show(ctx, a.servers.join(", ")) },
        { title: t("first"), className: "time", cell: (a) => time(ctx, a.first) },
        { title: t("last"), className: "time", cell: (a) => time(ctx, a.last) },
        ...numbers,
      ],
      users(report.accounts),
      (a) => (a.track && !rejected.has(a.track) ? "in-track" : ""),
    ),
  );
}
