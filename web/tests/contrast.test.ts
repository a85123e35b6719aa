import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const [light, dark] = readFileSync("src/style/tokens.css", "utf8").split("@media screen");
const colours = (css: string) =>
  Object.fromEntries([...css.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1]!, m[2]!]));

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = parseInt(colour.slice(i, i + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

const WORDS = ["ink", "ink-soft", "link", "read", "opened", "listed", "denied", "changed", "missing"];
const SIGNALS = ["alarm", "caution", "calm", "unsure"];

test("words can be read on every ground (WCAG AA)", () => {
  for (const [name, css] of Object.entries({ light: light!, dark: dark! })) {
    const c = colours(css);
    const pairs = [
      ...[...WORDS, ...SIGNALS].flatMap((w) => ["paper", "panel", "panel-strong", "marked"].map((g) => [w, g])),
      ...SIGNALS.map((s) => [s, `${s}-soft`]),
      ...["ink", "ink-soft"].flatMap((w) => SIGNALS.map((s) => [w, `${s}-soft`])),
    ];
    for (const [word, ground] of pairs)
      assert.ok(contrast(c[word!]!, c[ground!]!) >= 4.5, `${name}: ${word} on ${ground}`);
  }
});
