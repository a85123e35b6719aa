import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { catalogues, fill, translator } from "../src/i18n";
import { GRADES } from "../src/model/fileTable";

/** Stable names as the program has them. */
const table = readFileSync("../src/investigate/observations.def", "utf8");
const names = (macro: string) => [...table.matchAll(new RegExp(`^${macro}\\(\\w+, "([\\w-]+)"`, "gm"))].map((m) => m[1]!);
const READOUTS = [...readFileSync("../src/extract/readouts.def", "utf8").matchAll(/^ASH_READOUT\(\w+, "([\w-]+)"/gm)].map((m) => m[1]!);
const HYPOTHESES = names("HYPOTHESIS");
const OBSERVATIONS = names("OBSERVATION");

const placeholders = (s: string) => [...new Set(s.match(/\{\w+\}/g) ?? [])].sort();

test("both languages have the same texts with the same places to fill", () => {
  const { en, ja } = catalogues;
  assert.deepEqual(Object.keys(ja).sort(), Object.keys(en).sort());
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    assert.deepEqual(placeholders(ja[key]), placeholders(en[key]), key);
    assert.notEqual(ja[key].trim(), "", key);
  }
});

test("every value the report may hold has a word", () => {
  assert.ok(HYPOTHESES.length > 5 && READOUTS.length > 15 && OBSERVATIONS.length > 15);
  const words: Record<string, string[]> = {
    verdict: ["intrusion-suspected", "unusual", "nothing-found", "cannot-tell"],
    footprint: ["logon", "access", "failed-logon"],
    status: ["proposed", "accepted", "rejected"],
    action: ["accept", "reject", "split", "add", "drop"],
    confidence: ["confirmed", "probable", "possible"],
    kind: ["mass-listing", "mass-read", "mass-denied", "mass-change", "password-spray", "password-guessing"],
    severity: ["low", "medium", "high"],
    series: ["others", "track-listed", "track-opened", "track-read", "track-denied", "track-changed"],
    coverage: ["observed", "degraded", "gap", "unknown"],
    input: ["complete", "partial", "damaged", "duplicate", "unrecognised", "unreadable"],
    reason: ["skipped", "foreign", "doubtful", "loss"],
    grade: [...GRADES],
    phase: ["entry", "reconnaissance", "collection", "change", "pause", "loud-end", "end"],
    check: ["encryption", "destruction", "staging", "log-tampering", "outward-transfer"],
    checkState: ["seen", "not-found", "cannot-tell"],
    says: ["for", "against", "nothing"],
    hypothesis: HYPOTHESES,
    hypothesisShort: HYPOTHESES,
    observation: OBSERVATIONS,
    outcome: READOUTS,
    threshold: ["yes", "perhaps", "no"],
    group: ["person", "number", "money", "secret", "care", "marking", "kind", "own"],
    day: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    change: ["written", "renamed", "deleted", "security", "linked"],
  };
  for (const lang of ["en", "ja"] as const)
    for (const [group, values] of Object.entries(words))
      for (const value of values)
        assert.ok(`${group}.${value}` in catalogues[lang], `${lang} ${group}.${value}`);
});

test("unknown values are shown, inertly", () => {
  assert.equal(translator("en").word("grade", "new\u202e"), "new\\u{202e}");
});

test("filling leaves what it does not know, and does not fill twice", () => {
  assert.equal(fill("{a} {b}", { a: "{b}" }), "{b} {b}");
});

test("durations have two units at most", () => {
  const t = translator("en");
  assert.equal(t.duration(60), "1 min");
  assert.equal(t.duration(3725), "1 h 2 min");
  assert.equal(t.duration(0), "0 s");
  assert.equal(t.duration(86400 * 356), "356 d");
  assert.equal(translator("ja").duration(90), "1 分 30 秒");
});
