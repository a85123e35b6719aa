// What every part of the page is given to draw itself.
import type { Translator } from "./i18n";
import type { Filter } from "./model/filter";
import type { Report } from "./model/report";

/** Run around printing, by the parts that look different on paper. */
export interface PrintHook {
  before(): void;
  after(): void;
}

export interface Context {
  report: Report;
  t: Translator;
  /** Minutes east of Greenwich. */
  offset: number;
  printHooks: PrintHook[];
  /** Tracks that have rows in the file list. */
  tracksWithFiles: ReadonlySet<string>;
  /** Filters the file list anew and goes there. */
  showFiles(filter: Partial<Filter>): void;
}
