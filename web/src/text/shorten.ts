// Long names lose their middle, never their end: the end of a file name says
// what it is. CSS cuts the head; the tail stays whole.

const MARK = /^\p{M}/u;

export interface Shortened {
  head: string;
  tail: string;
}

export function splitTail(text: string, tailLength: number): Shortened {
  if (text.length <= tailLength * 2) return { head: text, tail: "" };
  let cut = text.length - tailLength;
  // Not inside a surrogate pair, and not between a letter and its marks.
  while (cut > 0 && (/^[\udc00-\udfff]/.test(text.slice(cut)) || MARK.test(text.slice(cut)))) cut--;
  return { head: text.slice(0, cut), tail: text.slice(cut) };
}

export interface PathParts {
  /** With its final slash; "" for a name at the top. */
  folder: string;
  name: string;
}

// A path without any slash has those of Windows (src/base/view.h: ash_path_slash).
export function splitPath(path: string): PathParts {
  const separator = path.includes("/") ? "/" : "\\";
  const end = path.endsWith(separator) ? path.length - 1 : path.length;
  const slash = end > 0 ? path.lastIndexOf(separator, end - 1) : -1;
  return { folder: path.slice(0, slash + 1), name: path.slice(slash + 1) };
}
