// Search ignores case and the width of Japanese characters, and finds text as
// it is shown, escapes included.
import { plain } from "./inert";

export function fold(text: string): string {
  return plain(text).normalize("NFKC").toLowerCase();
}

/** Words that must all occur; "quoted words" are one. */
export function searchTerms(query: string): string[] {
  const out: string[] = [];
  for (const m of query.matchAll(/"([^"]*)"|[^\s"]+/gu)) {
    const term = fold(m[1] ?? m[0]);
    if (term !== "") out.push(term);
  }
  return out;
}
