// The folders with most files read, each with a bar.
import type { Context } from "../context";
import { h } from "../dom";
import type { Folder } from "../model/report";
import { growingTable, section } from "./section";
import type { Column } from "./section";
import { count, fieldText, show, showField } from "./show";

const COUNTS = ["read", "opened", "listed", "denied", "changed"] as const;

function total(f: Folder): number {
  return COUNTS.reduce((sum, c) => sum + (f[c] ?? 0), 0);
}

/** Hidden from screen readers: the same numbers stand in the cells beside it. */
function bar(f: Folder, largest: number): HTMLElement {
  const box = h("div", { class: "bar", "aria-hidden": "true" });
  for (const c of COUNTS) {
    if (!(f[c] > 0)) continue;
    const part = h("span", { class: `g-${c}` });
    part.style.width = `${(100 * f[c]) / largest}%`;
    box.append(part);
  }
  return box;
}

export function foldersSection(ctx: Context): HTMLElement {
  const { t, report } = ctx;
  if (report.folders.length === 0) return section(ctx, "folders", h("p", { class: "muted" }, t("noFolders")));
  const largest = report.folders.reduce((m, f) => Math.max(m, total(f)), 1);
  const numbers: Column<Folder>[] = COUNTS.map((c) => ({
    title: c === "changed" ? t("changed") : t(`grade.${c}`),
    className: "num",
    cell: (f) => count(ctx, f[c]),
  }));
  const open = (f: Folder) =>
    ctx.showFiles({ text: `"${fieldText(f, "folder").replace(/"/g, " ")}"`, server: f.server, share: f.share });
  return section(
    ctx,
    "folders",
    h("p", { class: "note" }, t("foldersNote")),
    growingTable<Folder>(
      ctx,
      t("section.folders"),
      [
        {
          title: t("folder"),
          className: "wide",
          cell: (f) =>
            h(
              "button",
              { type: "button", class: "link", title: t("folderFiles"), click: () => open(f) },
              f.folder === "" ? "/" : showField(ctx, f, "folder"),
            ),
        },
        { title: t("share"), cell: (f) => show(ctx, f.share) },
        { title: t("server"), cell: (f) => show(ctx, f.server) },
        { title: t("folderBar"), className: "bars", cell: (f) => bar(f, largest) },
        ...numbers,
      ],
      report.folders,
    ),
  );
}
