// Phases, hours, checks and explanations for the samples: as many as a report can
// have of each, with the program's own names.
import { readFileSync } from "node:fs";

import { iso } from "./lib.mjs";

const table = readFileSync(new URL("../../src/investigate/observations.def", import.meta.url), "utf8");
const rows = (pattern) => [...table.matchAll(new RegExp(pattern, "gm"))].map((m) => m.slice(1));
const HYPOTHESES = rows(`^HYPOTHESIS\\(\\w+, "([\\w-]+)"`).flat();
const OBSERVATIONS = rows(`^OBSERVATION\\((\\w+), "([\\w-]+)"`);
const VALUES = rows(`^VALUE\\(\\w+, (\\w+), "([\\w-]+)", "([+0-]+)", N_\\("(.*)"\\)`);

const DAY = 86400e3;

function phase(track, name, activity, from, to, n, actor, text) {
  return {
    track, name, activity, from: iso(from), to: iso(to), accesses: n, minutes: Math.ceil(n / 40), pace: n > 0 ? 40.3 : null,
    read: n >> 1, opened: n >> 4, listed: n >> 3, denied: n >> 6, missing: 0, changed: 0, written: 0, renamed: 0, deleted: 0, folders: n >> 5,
    logons: 2, failed_logons: 1,
    actors: { count: n > 0 ? 11 : 0, some: n > 0 ? [actor, { ...actor, client: "2001:db8::7" }] : [] },
    shares: { count: 1, some: [{ server: "fs01", share: actor.share ?? "kyoyu" }] },
    ids: n > 0 ? ["A1-1", "A1-2"] : [], text,
  };
}

function weigh(track, words) {
  const values = OBSERVATIONS.map(([id, name]) => ({ name, value: VALUES.find(([kind]) => kind === id) }));
  const observations = values.map(({ name, value }, i) => ({
    track, name, title: name, value: i % 7 === 6 ? null : value[1], words: i % 7 === 6 ? "" : value[3],
    says: i % 7 === 6 ? {} : Object.fromEntries(HYPOTHESES.map((x, k) => [x, { "+": "for", "-": "against" }[value[2][k]]]).filter(([, s]) => s)),
    count: i % 7 === 6 ? 0 : 1200 + i, ids: i % 7 === 6 ? [] : ["A1-1", "A1-2", "A1-3", "A1-4", "A1-5"], command: `scope --track ${track}`,
    text: i % 7 === 6 ? null : words,
  }));
  const against = (x, word) => observations.filter((o) => o.says[x] === word).length;
  const hypotheses = HYPOTHESES.map((name) => ({
    track, name, title: name, contradicts: against(name, "against"), supports: against(name, "for"), text: words, decides: words,
  })).sort((a, b) => a.contradicts - b.contradicts);
  for (const x of hypotheses) x.rank = 1 + hypotheses.filter((y) => y.contradicts < x.contradicts).length;
  return { hypotheses, observations };
}

/** words: what stands wherever the program writes a sentence. */
export function inquiry(track, first, last, actor, words) {
  const quiet = last - Math.min(DAY, (last - first) / 10);
  const hours = (n) => Array.from({ length: 24 }, (_, h) => (h % 5 === 0 ? n * h : 0));
  const states = ["seen", "not-found", "not-found", "cannot-tell", "cannot-tell"];
  return {
    phases: [
      phase(track, "entry", "reconnaissance", first, first + 6e5, 40, actor, words),
      phase(track, "collection", "collection", first + 7e5, (first + quiet) / 2, 4200, actor, words),
      phase(track, "pause", null, (first + quiet) / 2, quiet, 0, actor, words),
      phase(track, "loud-end", "reconnaissance", quiet, last, 180_300, actor, words),
      phase(track, "end", null, last, last + DAY, 0, actor, words),
    ],
    heatmap: { by: "weekday", rows: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day, i) => ({ day, tracks: hours(4 ** i), accounts: hours(7) })) },
    checks: ["encryption", "destruction", "staging", "log-tampering", "outward-transfer"].map((name, i) => ({
      name, title: name, state: states[i], count: i === 0 ? 600 : 0, ids: i === 0 ? ["A1-4", "A1-5"] : [], command: i < 4 ? "scope --grade written" : "", text: words,
    })),
    ...weigh(track, words),
  };
}
