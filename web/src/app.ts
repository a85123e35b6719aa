// Puts the page together, and makes it anew when the language changes.
import type { Context, PrintHook } from "./context";
import { h } from "./dom";
import { translator } from "./i18n";
import type { Language, Report } from "./model/report";
import { reportOffset } from "./model/spans";
import { plain } from "./text/inert";
import type { Theme } from "./theme";
import { setTheme } from "./theme";
import { accountsSection } from "./view/accounts";
import { answerSection } from "./view/answer";
import { checksSection } from "./view/checks";
import { contentSection } from "./view/content";
import { coverageSection } from "./view/coverage";
import { explanationsSection } from "./view/explanations";
import { FilesSection } from "./view/files";
import { FilesState } from "./view/files/state";
import { decisionsPart } from "./view/decisions";
import { findingsPart } from "./view/findings";
import { foldersSection } from "./view/folders";
import { inputsSection } from "./view/inputs";
import { methodSection } from "./view/method";
import { pageMarginStyle } from "./view/paper";
import { patterns } from "./view/patterns";
import { section } from "./view/section";
import { timelineSection } from "./view/timeline";
import { navigation, toolbar } from "./view/toolbar";
import { tracksPart } from "./view/tracks";

export class App {
  private readonly files: FilesState;
  private theme: Theme = "auto";
  private printHooks: PrintHook[] = [];
  private readonly marginStyle = h("style");

  constructor(
    private readonly root: HTMLElement,
    private readonly report: Report,
  ) {
    this.files = new FilesState(report.files.rows);
    setTheme(this.theme);
    document.head.append(this.marginStyle);
    addEventListener("beforeprint", () => this.printHooks.forEach((hook) => hook.before()));
    addEventListener("afterprint", () => this.printHooks.forEach((hook) => hook.after()));
    this.render(report.language === "ja" ? "ja" : "en");
    this.prepareSearch();
  }

  private render(lang: Language): void {
    this.printHooks = [];
    const t = translator(lang);
    const ctx: Context = {
      report: this.report,
      t,
      offset: reportOffset(this.report),
      printHooks: this.printHooks,
      tracksWithFiles: new Set(this.files.table.dictionary("track").values),
      showFiles: (filter) => files.show(filter),
    };
    const files = new FilesSection(ctx, this.files);
    document.documentElement.lang = lang;
    document.title = `${plain(this.report.answer.headline)} – Ashiato`;
    this.marginStyle.textContent = pageMarginStyle(ctx);
    const bar = toolbar(ctx, {
      theme: this.theme,
      setLanguage: (chosen) => this.setLanguage(chosen),
      setTheme: (chosen) => {
        this.theme = chosen;
        setTheme(chosen);
      },
    });
    this.root.replaceChildren(
      h("a", { class: "skip", href: "#answer" }, t("skip")),
      patterns(),
      bar,
      navigation(ctx),
      h(
        "main",
        {},
        answerSection(ctx),
        timelineSection(ctx),
        checksSection(ctx),
        explanationsSection(ctx),
        section(ctx, "tracks", tracksPart(ctx), decisionsPart(ctx), findingsPart(ctx)),
        accountsSection(ctx),
        foldersSection(ctx),
        contentSection(ctx),
        files.element,
        coverageSection(ctx),
        inputsSection(ctx),
        methodSection(ctx),
      ),
    );
  }

  private setLanguage(lang: Language): void {
    const y = scrollY;
    this.render(lang);
    scrollTo(0, y);
    this.root.querySelector<HTMLElement>("input[name=language]:checked")?.focus({ preventScroll: true });
  }

  /** In pauses, so that the first letter typed into the search is answered at once. */
  private prepareSearch(): void {
    const step = () => {
      if (!this.files.table.prepareSearch(4000)) setTimeout(step, 20);
    };
    setTimeout(step, 500);
  }
}
