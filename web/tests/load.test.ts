import assert from "node:assert/strict";
import { test } from "node:test";

import { LoadError, parseReport } from "../src/model/load";
import { FILE_COLUMNS } from "../src/model/report";

const report = (columns: readonly string[], rows: unknown[][]) =>
  JSON.stringify({ schema: "ashiato.report/1", files: { total: rows.length, columns, rows } });

test("a page without a report says so", () => {
  for (const text of ["", "__ASHIATO_DATA__", "[]", "null", '{"schema":"other/1"}'])
    assert.throws(() => parseReport(text), LoadError);
});

test("columns are found by name", () => {
  const row = FILE_COLUMNS.map((c) => `the ${c}`);
  assert.deepEqual(parseReport(report(FILE_COLUMNS, [row])).files.rows, [row]);
  const turned = ["new", ...[...FILE_COLUMNS].reverse()];
  assert.deepEqual(parseReport(report(turned, [["?", ...[...row].reverse()]])).files.rows, [row]);
});

test("paths that are not UTF-8 keep their bytes apart", () => {
  const row = FILE_COLUMNS.map((c) => `the ${c}`);
  const base64 = (bytes: number[]) => Buffer.from(bytes).toString("base64");
  const path = (row: readonly unknown[]) => row[FILE_COLUMNS.indexOf("path")];
  const rows = [row, [...row, base64([0x61, 0xff])], [...row, base64([0x61, 0xfe])]];
  const read = parseReport(report([...FILE_COLUMNS, "path_base64"], rows)).files.rows;
  assert.deepEqual(read.map(path), ["the path", "a\\xff", "a\\xfe"]);
});
