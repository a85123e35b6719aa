// The accesses behind a statement, and the command that prints their records.
import type { Context } from "../context";
import type { Child } from "../dom";
import { h } from "../dom";
import { plain } from "../text/inert";
import { caseCommand, showCommand } from "./files/detail";

/** "A1-4 A1-5 and 598 more"; each copies its command. */
export function evidence(ctx: Context, ids: readonly string[], count: number, command = ""): Child {
  const { t } = ctx;
  if (ids.length === 0 && command === "") return null;
  const status = h("span", { class: "note", role: "status" });
  const copy = (command: string) =>
    navigator.clipboard?.writeText(command).then(
      () => (status.textContent = ` ${t("copiedCommand")}`),
      () => (status.textContent = ` ${t("copyFailed")}`),
    );
  const button = (run: string, label: string, className: string) =>
    h(
      "button",
      {
        type: "button",
        class: `link ${className}`,
        title: run,
        "aria-label": `${label}: ${t("evidence.copy", { command: run })}`,
        click: () => void copy(run),
      },
      label,
    );
  return h(
    "span",
    { class: "evidence" },
    ids.map((id) => [button(showCommand(id), plain(id), "code"), " "]),
    count > ids.length
      ? h("span", { class: "muted" }, t("evidence.more", { n: t.n(count - ids.length) }), " ")
      : null,
    command === "" ? null : button(caseCommand(command), t("evidence.all"), "no-print"),
    status,
  );
}
