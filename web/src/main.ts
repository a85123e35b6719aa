import "./style/tokens.css";
import "./style/base.css";
import "./style/head.css";
import "./style/answer.css";
import "./style/tables.css";
import "./style/parts.css";
import "./style/timeline.css";
import "./style/inquiry.css";
import "./style/files.css";
import "./style/print.css";

import { App } from "./app";
import { h } from "./dom";
import { catalogues } from "./i18n";
import { LoadError, parseReport } from "./model/load";

function start(): void {
  const root = document.getElementById("page");
  if (root === null) return;
  try {
    const text = document.getElementById("ashiato-data")?.textContent ?? "";
    new App(root, parseReport(text));
  } catch (e) {
    const reason = e instanceof LoadError ? e.message : String(e);
    // The summary that came with the page stays.
    root.prepend(
      h("p", { class: "loading" }, `${catalogues.en.loadFailed} / ${catalogues.ja.loadFailed}: ${reason}`),
    );
    throw e;
  }
}

start();
