// The page's own words. Texts inside the report are never translated here.
import { en } from "./en";
import { ja } from "./ja";
import type { Language } from "../model/report";
import { plain } from "../text/inert";

export type MessageKey = keyof typeof en;
export type Messages = Record<MessageKey, string>;

export const catalogues: Record<Language, Messages> = { en, ja };

/** Names of languages, each in itself. */
export const languageNames: Record<Language, string> = { en: "English", ja: "日本語" };

export function fill(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

export interface Translator {
  readonly lang: Language;
  (key: MessageKey, values?: Record<string, string>): string;
  /** For a value of the report such as "grade.read"; unknown values stay as they are. */
  word(group: string, value: string): string;
  n(value: number): string;
  /** 2 h 5 min; at most two units. */
  duration(seconds: number): string;
}

const UNITS = [
  ["unit.d", 86400],
  ["unit.h", 3600],
  ["unit.min", 60],
  ["unit.s", 1],
] as const;

export function translator(lang: Language): Translator {
  const catalogue = catalogues[lang];
  const numbers = new Intl.NumberFormat(lang);
  const t = (key: MessageKey, values: Record<string, string> = {}) => fill(catalogue[key], values);
  const n = (value: number) => numbers.format(value);
  return Object.assign(t, {
    lang,
    n,
    word: (group: string, value: string) =>
      (catalogue as Record<string, string>)[`${group}.${value}`] ?? plain(value),
    duration: (seconds: number) => {
      let rest = Math.round(seconds);
      const at = UNITS.findIndex(([, size]) => rest >= size);
      if (at < 0) return t("unit.s", { n: n(0) });
      const parts: string[] = [];
      for (const [unit, size] of UNITS.slice(at, at + 2)) {
        const k = Math.floor(rest / size);
        rest -= k * size;
        if (k > 0) parts.push(t(unit, { n: n(k) }));
      }
      return parts.join(" ");
    },
  });
}
