// What the samples share. Everything is made from a seed: the same call gives
// the same report. Companies, people and names are invented.

export function random(seed) {
  let a = seed >>> 0;
  const next = () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    int: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (list) => list[Math.floor(next() * list.length)],
  };
}

const ZONE_MS = 9 * 3600e3;

/** 2026-11-20T20:14:10.355602+09:00 from milliseconds. */
export function iso(ms) {
  const micros = String(Math.round((ms % 1000) * 1000)).padStart(6, "0");
  return `${new Date(Math.floor(ms) + ZONE_MS).toISOString().slice(0, 19)}.${micros}+09:00`;
}

export const at = (text) => Date.parse(`${text}+09:00`);

export function hash(r) {
  return Array.from({ length: 64 }, () => r.int(0, 15).toString(16)).join("");
}

export const FILE_COLUMNS = [
  "id", "path", "share", "server", "grade", "changes", "first", "last", "records", "account", "client", "track",
];

const products = ["HS-210", "HS-400", "AT-90", "TL-3", "MR-15"];
const people = ["岡本", "村上", "藤田", "三浦", "石川", "長谷川", "小野", "今井"];
const partners = ["Hokutone Instruments", "みなと計測", "Seaway Marine", "東雲電装"];

/** Folders of a department with makers of file names for each. */
const departments = {
  営業部: {
    顧客リスト: (r, n) => r.pick([`名刺データ_${r.pick(people)}_${n}.xlsx`, `${r.pick(partners)} 担当者一覧 ${n}.xlsx`]),
    見積書: (r, n) => `見積書_${r.pick(partners)}_${n}.pdf`,
    契約書: (r, n) => `基本契約書（${r.pick(partners)}）_${n}.pdf`,
  },
  開発部: {
    設計書: (r, n) =>
      r.pick([
        `${r.pick(products)}_機能設計書_${n}_rev${r.int(1, 6)}.docx`,
        `【社外秘】${r.pick(products)}_回路設計_${n}.pdf`,
        `${r.pick(products)} 送受波器 設計計算書 ${n}.xlsx`,
      ]),
    試験成績書: (r, n) => `${r.pick(products)}_試験成績書_${n}.pdf`,
    図面: (r, n) => `${r.pick(products)}-${n}-A${r.int(1, 3)}.dwg`,
  },
  経理部: {
    請求書: (r, n) => `請求書_${r.pick(partners)}_${n}.pdf`,
    月次決算: (r, n) => `月次決算_${r.int(1, 12)}月_${n}.xlsx`,
    経費精算: (r, n) => `経費精算_${r.pick(people)}_${n}.xlsx`,
  },
  人事部: {
    評価: (r, n) => `人事評価_${r.pick(people)}_${n}.xlsx`,
    給与: (r, n) => `給与明細_${n}.pdf`,
  },
  総務部: {
    議事録: (r, n) => `議事録_${n}.docx`,
    社員食堂: (r, n) => `献立表_${r.int(1, 12)}月_第${r.int(1, 4)}週_${n}.pdf`,
  },
};
export const departmentNames = Object.keys(departments);

/** A new path below a department, never the same twice for different n. */
export function makePath(r, department, n) {
  const kinds = Object.keys(departments[department]);
  const kind = r.pick(kinds);
  const number = String(n).padStart(3, "0");
  const old = r.next() < 0.15 ? "旧/" : "";
  return `${department}/${kind}/${r.int(2022, 2026)}年度/${old}${departments[department][kind](r, number)}`;
}

/** The folders of the paths with most files, as the report lists them. */
export function topFolders(rows, limit) {
  const folders = new Map();
  for (const [, path, share, server, grade, changes] of rows) {
    const name = path.slice(0, path.lastIndexOf("/"));
    const key = `${server}\0${share}\0${name}`;
    const f = folders.get(key) ?? { server, share, folder: name, read: 0, opened: 0, listed: 0, denied: 0, changed: 0 };
    if (grade in f) f[grade]++;
    if (changes.length > 0) f.changed++;
    folders.set(key, f);
  }
  return [...folders.values()].sort((a, b) => b.read - a.read || b.opened - a.opened).slice(0, limit);
}
