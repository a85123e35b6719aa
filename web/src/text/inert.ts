// Text from logs is hostile: an intruder chooses file, account and workstation
// names. Characters that steer a terminal, reorder text or cannot be seen are
// shown as \xNN or \u{NNNN}, the same forms the command line uses.

// Spaces other than U+0020 and the ideographic U+3000 pass for something else.
const UNSAFE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\u00a0\u1680\u2000-\u200a\u202f\u205f\ufffd]|\p{M}{7,}/u;
const UNSAFE_ALL = new RegExp(UNSAFE.source, "gu");

const VARIATION_SELECTOR = /^[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]$/u;
const TAKES_VARIATION = /[\p{Script=Han}\p{Extended_Pictographic}]$/u;

export interface Segment {
  text: string;
  /** Stands for something that must not be shown as it is. */
  escaped: boolean;
}

/** Variation selectors are part of the spelling of names such as 葛󠄀城. */
function isSpelling(match: string, offset: number, whole: string): boolean {
  return VARIATION_SELECTOR.test(match) && TAKES_VARIATION.test(whole.slice(Math.max(0, offset - 2), offset));
}

function escapeCodePoint(c: string): string {
  const cp = c.codePointAt(0) ?? 0;
  if (cp === 0xfffd) return c; // stands for bytes already lost; it is visible
  return cp < 0x80 ? `\\x${cp.toString(16).padStart(2, "0")}` : `\\u{${cp.toString(16)}}`;
}

/** The text cut into what can be shown as it is and what was escaped. */
export function segments(text: string): Segment[] {
  if (!UNSAFE.test(text)) return [{ text, escaped: false }];
  const out: Segment[] = [];
  let end = 0;
  for (const m of text.matchAll(UNSAFE_ALL)) {
    if (isSpelling(m[0], m.index, text)) continue;
    if (m.index > end) out.push({ text: text.slice(end, m.index), escaped: false });
    for (const c of m[0]) out.push({ text: escapeCodePoint(c), escaped: true });
    end = m.index + m[0].length;
  }
  if (end < text.length) out.push({ text: text.slice(end), escaped: false });
  return out;
}

/** The same as one string, for attributes, options and files. */
export function plain(text: string): string {
  if (!UNSAFE.test(text)) return text;
  return text.replace(UNSAFE_ALL, (match, offset: number) =>
    isSpelling(match, offset, text) ? match : Array.from(match, escapeCodePoint).join(""),
  );
}
