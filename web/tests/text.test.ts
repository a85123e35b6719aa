import assert from "node:assert/strict";
import { test } from "node:test";

import { byteSegments } from "../src/text/bytes";
import { fold, searchTerms } from "../src/text/fold";
import { plain, segments } from "../src/text/inert";
import { splitPath, splitTail } from "../src/text/shorten";
import { csvLine, safeCell, tsvLine } from "../src/text/spreadsheet";

const shown = (text: string) =>
  segments(text)
    .map((s) => s.text)
    .join("");

test("control, direction and invisible characters become escapes", () => {
  assert.equal(plain("a\u001b[31mb"), "a\\x1b[31mb");
  assert.equal(plain("x\r\n\ty\u007f"), "x\\x0d\\x0a\\x09y\\x7f");
  assert.equal(plain("\u009b\u0085"), "\\u{9b}\\u{85}");
  assert.equal(plain("invoice\u202egnp.exe"), "invoice\\u{202e}gnp.exe");
  assert.equal(plain("a\u200bb\u00adc\ufeff\u2028\u2066"), "a\\u{200b}b\\u{ad}c\\u{feff}\\u{2028}\\u{2066}");
  assert.equal(plain("\u{e0041}\ufffe\ud800"), "\\u{e0041}\\u{fffe}\\u{d800}");
  assert.equal(plain("a\u00a0b"), "a\\u{a0}b");
});

test("everything the command line escapes is escaped here too", () => {
  const unsafe = [
    [0x00, 0x1f],
    [0x7f, 0x9f],
    [0xad, 0xad],
    [0x61c, 0x61c],
    [0x200b, 0x200f],
    [0x2028, 0x202e],
    [0x2060, 0x206f],
    [0xfeff, 0xfeff],
    [0xfff0, 0xfffb],
    [0xe0000, 0xe007f],
    [0x1fffe, 0x1ffff],
  ] as const;
  for (const [from, to] of unsafe)
    for (let cp = from; cp <= to; cp++)
      assert.match(plain(String.fromCodePoint(cp)), /^\\(x[0-9a-f]{2}|u\{[0-9a-f]+\})$/, cp.toString(16));
});

test("ordinary names of any script stay as they are", () => {
  for (const name of [
    "設計書（社外秘）.docx",
    "がぎぐ.txt".normalize("NFD"),
    "葛\u{e0100}城.txt",
    "a\u3000b",
    "\\x1b",
    "Việt".normalize("NFD"),
    "תיק",
  ])
    assert.equal(plain(name), name);
});

test("a variation selector after anything else is shown", () => {
  assert.equal(plain("a\ufe0f.txt"), "a\\u{fe0f}.txt");
  assert.equal(plain("\u{e0100}"), "\\u{e0100}");
});

test("heaps of combining marks are shown one by one", () => {
  assert.equal(plain(`Z${"\u0301".repeat(7)}`), `Z${"\\u{301}".repeat(7)}`);
});

test("segments and plain agree, and tell escapes from text", () => {
  for (const s of ["", "plain", "a\u001bb", "\u202e", "x\ufffdy", "a\ufe0f葛\u{e0100}\u200b"])
    assert.equal(shown(s), plain(s));
  assert.deepEqual(segments("a\u001b\\x1b"), [
    { text: "a", escaped: false },
    { text: "\\x1b", escaped: true },
    { text: "\\x1b", escaped: false },
  ]);
  assert.deepEqual(segments("\ufffd"), [{ text: "\ufffd", escaped: true }]);
});

test("exact bytes: what is not UTF-8 is shown byte by byte", () => {
  const of = (...bytes: number[]) =>
    byteSegments(Buffer.from(bytes).toString("base64"))
      ?.map((s) => s.text)
      .join("");
  assert.equal(of(0x61, 0xff, 0x62), "a\\xffb");
  assert.equal(of(0x83, 0x41), "\\x83A");
  assert.equal(of(0xe3, 0x81, 0x82, 0xe3, 0x81), "あ\\xe3\\x81");
  assert.equal(of(0xc0, 0xaf, 0xed, 0xa0, 0x80), "\\xc0\\xaf\\xed\\xa0\\x80");
  assert.equal(of(0x1b), "\\x1b");
  assert.equal(of(), "");
  assert.equal(byteSegments("not base64!"), null);
});

test("search ignores case and width, and finds escapes as shown", () => {
  assert.equal(fold("ＦＵＬＬ ｱｶｳﾝﾄ"), "full アカウント");
  assert.equal(fold("が".normalize("NFD")), "が");
  assert.ok(fold("a\u202eb").includes("\\u{202e}"));
  assert.deepEqual(searchTerms('  ABC　"two Words" x'), ["abc", "two words", "x"]);
  assert.deepEqual(searchTerms('""'), []);
});

test("cells that begin like a formula are made text", () => {
  for (const s of ["=1+1", "+1", "-1", "@a", "＝1", "＠a"]) assert.equal(safeCell(s), `'${s}`);
  assert.equal(safeCell("\t=1"), "'\\x09=1");
  assert.equal(safeCell("\r=1"), "'\\x0d=1");
  assert.equal(safeCell("a=1"), "a=1");
  assert.equal(safeCell(-5), "-5");
  assert.equal(safeCell(null), "");
});

test("CSV and TSV keep one record a line", () => {
  assert.equal(csvLine(['a"b', "c,d", "e\nf", 1, null]), '"a""b","c,d",e\\x0af,1,\r\n');
  assert.equal(tsvLine(["a\tb", "c\nd", '"quoted']), "a\\x09b\tc\\x0ad\t'\"quoted\n");
});

test("paths are cut into folder and name", () => {
  assert.deepEqual(splitPath("a/b/c.txt"), { folder: "a/b/", name: "c.txt" });
  assert.deepEqual(splitPath("c.txt"), { folder: "", name: "c.txt" });
  assert.deepEqual(splitPath("a/b/"), { folder: "a/", name: "b/" });
  assert.deepEqual(splitPath("/"), { folder: "", name: "/" });
  assert.deepEqual(splitPath(""), { folder: "", name: "" });
  assert.deepEqual(splitPath("D:\\a\\c.txt"), { folder: "D:\\a\\", name: "c.txt" });
  assert.deepEqual(splitPath("a/b\\c.txt"), { folder: "a/", name: "b\\c.txt" });
});

test("the tail of a name is not cut inside a character", () => {
  assert.deepEqual(splitTail("short", 5), { head: "short", tail: "" });
  const emoji = `${"x".repeat(20)}\u{1f600}abc`;
  assert.equal(splitTail(emoji, 4).tail, "\u{1f600}abc");
  const marks = `${"か".repeat(20)}\u3099.txt`;
  assert.equal(splitTail(marks, 5).tail, "か\u3099.txt");
  for (const s of [emoji, marks]) assert.equal(splitTail(s, 4).head + splitTail(s, 4).tail, s);
});
