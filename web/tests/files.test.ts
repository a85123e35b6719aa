import assert from "node:assert/strict";
import { test } from "node:test";

import { changeWords, FileTable } from "../src/model/fileTable";
import type { Filter } from "../src/model/filter";
import { isActive, matching, NO_FILTER } from "../src/model/filter";
import { Orders } from "../src/model/order";
import type { FileColumn, FileRow } from "../src/model/report";
import { parseTime } from "../src/time";
import { RowHeights, rowWindow } from "../src/view/files/window";

const at = (minute: number) => `2026-11-20T20:${String(minute).padStart(2, "0")}:00+09:00`;

const rows: FileRow[] = [
  [10, "開発部/ＨＳ－２１０.pdf", "kyoyu", "fs01", "read", [], at(1), at(5), 7, "kato", "10.0.0.1", "T1"],
  [
    2,
    "経理部/b.xlsx",
    "kyoyu",
    "fs02",
    "opened",
    ["written", "renamed"],
    at(3),
    at(3),
    30,
    "Sato",
    "10.0.0.2",
    "T1",
  ],
  [33, "a\u202etxt", "sekkei", "fs01", "denied", "deleted", at(8), at(9), 2, "kato", "10.0.0.2", "T2"],
  [4, "経理部", "sekkei", "fs01", "listed", "", null, null, 5, "", "10.0.0.2", null],
];
const table = new FileTable(rows);
const orders = new Orders(table);
const found = (filter: Partial<Filter>) => [
  ...matching(table, { ...NO_FILTER, ...filter }, orders.get(null)),
];
const sorted = (column: FileColumn, descending = false) => [...orders.get({ column, descending })];

test("search over path, account and client", () => {
  assert.deepEqual(found({ text: "hs-210" }), [0]);
  assert.deepEqual(found({ text: "経理部" }), [1, 3]);
  assert.deepEqual(found({ text: "sato" }), [1]);
  assert.deepEqual(found({ text: "10.0.0.2 経理部" }), [1, 3]);
  assert.deepEqual(found({ text: "\\u{202e}" }), [2]);
  assert.deepEqual(found({ text: "nowhere" }), []);
  assert.deepEqual(found({ text: "  " }), [0, 1, 2, 3]);
});

test("filters by value; an empty value is a value", () => {
  assert.deepEqual(found({ grades: new Set(["read", "denied"]) }), [0, 2]);
  assert.deepEqual(found({ account: "kato", client: "10.0.0.2" }), [2]);
  assert.deepEqual(found({ account: "" }), [3]);
  assert.deepEqual(found({ share: "sekkei", track: "T2" }), [2]);
  assert.deepEqual(found({ server: "fs99" }), []);
});

test("filters by change", () => {
  assert.deepEqual(found({ change: "any" }), [1, 2]);
  assert.deepEqual(found({ change: "renamed" }), [1]);
  assert.deepEqual(changeWords(["written", "renamed"]), ["written", "renamed"]);
  assert.deepEqual(changeWords("written,renamed"), ["written", "renamed"]);
  assert.deepEqual(changeWords(null), []);
});

test("a time range keeps what overlaps it, and what has no time", () => {
  assert.deepEqual(found({ from: parseTime(at(4)), to: parseTime(at(6)) }), [0, 3]);
  assert.deepEqual(found({ from: parseTime(at(6)) }), [2, 3]);
  assert.deepEqual(found({ to: parseTime(at(0)) }), [3]);
});

test("whether a filter is set", () => {
  assert.equal(isActive(NO_FILTER), false);
  assert.equal(isActive({ ...NO_FILTER, text: " " }), false);
  assert.equal(isActive({ ...NO_FILTER, account: "" }), true);
  assert.equal(isActive({ ...NO_FILTER, to: 0 }), true);
});

test("orders: grades by strength, numbers as numbers, unknown times last", () => {
  assert.deepEqual(sorted("grade"), [0, 1, 3, 2]);
  assert.deepEqual(sorted("records"), [2, 3, 0, 1]);
  assert.deepEqual(sorted("id"), [1, 3, 0, 2]);
  assert.deepEqual(sorted("first"), [0, 1, 2, 3]);
  assert.deepEqual(sorted("last", true), [3, 2, 0, 1]);
  assert.deepEqual(
    sorted("path"),
    [2, 1, 3, 0].sort((a, b) => (table.text(a, "path") < table.text(b, "path") ? -1 : 1)),
  );
  assert.deepEqual(sorted("client"), [0, 1, 2, 3]);
});

test("a filter keeps the order", () => {
  const order = orders.get({ column: "records", descending: true });
  assert.deepEqual([...matching(table, { ...NO_FILTER, client: "10.0.0.2" }, order)], [1, 3, 2]);
});

test("dictionaries count their values", () => {
  const d = table.dictionary("account");
  assert.deepEqual(Object.fromEntries(d.values.map((v, i) => [v, d.counts[i]])), { kato: 2, Sato: 1, "": 1 });
});

test("search can be prepared in steps", () => {
  const fresh = new FileTable(rows);
  assert.equal(fresh.prepareSearch(3), false);
  assert.equal(fresh.prepareSearch(3), true);
  assert.deepEqual(fresh.searchPaths(), table.searchPaths());
});

test("the rows in view, with an opened one", () => {
  const heights = new RowHeights(10);
  assert.deepEqual(rowWindow(heights, 0, 0, 100), { from: 0, to: 0 });
  assert.deepEqual(rowWindow(heights, 1000, 500, 100), { from: 44, to: 67 });
  assert.deepEqual(rowWindow(heights, 3, 0, 100), { from: 0, to: 3 });
  heights.setExtra(50, 200);
  assert.equal(heights.top(50), 500);
  assert.equal(heights.top(51), 710);
  assert.equal(heights.height(50), 210);
  assert.equal(heights.indexAt(705, 1000), 50);
  assert.equal(heights.indexAt(710, 1000), 51);
  heights.setExtra(50, 0);
  assert.equal(heights.top(51), 510);
});
