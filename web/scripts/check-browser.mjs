// What only a browser shows, on the samples or on the reports given:
//   npm run check:browser [-- REPORT.html...]
// Pictures of the first screens are left in dist/preview-pictures.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { startBrowser } from "./browser.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const pictures = path.join(root, "dist", "preview-pictures");
const LARGE_ROWS = 200_000;
/** Milliseconds; a busy machine gets three times as much. */
const MAX_OPEN = 3 * 2000;
const MAX_FILTER = 3 * 100;
const MAX_SORT = 3 * 1000;
/** Rows are made as they come into view: whatever the list holds, few exist. */
const MAX_ROW_ELEMENTS = 200;
/** Of a list of files on paper a part is printed, and the rest named. */
const MAX_PAGES = 120;

function samples() {
  return ["incident", "nothing", "hostile", "large"].flatMap((name) =>
    ["en", "ja"].map((lang) => {
      const file = path.join(root, "dist", `preview-${name}-${lang}.html`);
      const run = spawnSync(process.execPath, [path.join(root, "scripts", "preview.mjs"), name, file, lang]);
      assert.equal(run.status, 0, String(run.stderr));
      return file;
    }),
  );
}

/** In the page: filters by the first kind of evidence and back, in milliseconds. */
const MEASURE_FILTER = `(() => {
  const box = document.querySelector(".f-grades input");
  if (box === null) return 0;
  const times = [0, 1].map(() => { const t = performance.now(); box.click(); return performance.now() - t; });
  return Math.max(...times);
})()`;

const FACTS = `({
  overflow: document.documentElement.scrollWidth - innerWidth,
  opened: performance.getEntriesByType("navigation")[0].loadEventEnd,
  rows: Number(document.querySelector(".file-grid")?.getAttribute("aria-rowcount") ?? 1) - 1,
  sections: [...document.querySelectorAll("main > section")].map((e) => e.id),
  named: [...document.querySelectorAll("nav.sections a")].map((e) => e.hash.slice(1)),
  unnamed: [...document.querySelectorAll("button, a, input, select")].filter(
    (e) => !e.textContent.trim() && !e.ariaLabel && !e.labels?.length).length,
  repeated: [...document.querySelectorAll("[id]")].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i).length,
})`;

async function checkPage(browser, file, view) {
  const page = await browser.openPage(view);
  await page.open(file);
  const name = `${path.basename(file, ".html")} ${view.width} ${view.scheme ?? "light"}`;
  const facts = await page.evaluate(FACTS);
  writeFileSync(path.join(pictures, `${name.replace(/ /g, "-")}.png`), await page.picture());
  assert.deepEqual(facts.sections, facts.named, `${name}: sections`);
  assert.ok(facts.sections.length >= 9, `${name}: ${facts.sections.length} sections`);
  assert.ok(facts.overflow <= 0, `${name}: ${facts.overflow} pixels wider than the window`);
  assert.equal(facts.unnamed, 0, `${name}: controls without a name`);
  assert.equal(facts.repeated, 0, `${name}: ids that occur twice`);
  assert.ok(facts.opened < MAX_OPEN, `${name}: opened in ${facts.opened} ms`);
  const filter = await page.evaluate(MEASURE_FILTER);
  assert.ok(filter < MAX_FILTER, `${name}: filtered in ${filter} ms`);
  assert.deepEqual(page.problems, [], `${name}: errors`);
  if (facts.rows > LARGE_ROWS || view.width === 1440)
    console.log(
      `${name}: ${statSync(file).size} bytes, ${facts.rows} rows, opened in ${Math.round(facts.opened)} ms, filtered in ${Math.round(filter)} ms`,
    );
  await page.close();
}

/** What a reader does with a full list: sort, search, open a row by key, print. */
const MEASURE_SORT = `(() => {
  const grid = document.querySelector(".file-grid");
  const t = performance.now();
  grid.querySelector("button.sort").click();
  const sorted = performance.now() - t;
  const times = [...grid.querySelectorAll(".rows .row")].map((e) => e.textContent);
  return { sorted, rows: times.length, order: grid.querySelector("[aria-sort]:not([aria-sort=none])")?.getAttribute("aria-sort") };
})()`;

const FOCUS_GRID = `document.querySelector(".file-grid").scrollIntoView(), document.querySelector(".file-grid").focus()`;
const OPENED = `document.querySelector(".file-grid .detail code")?.textContent ?? ""`;
const FIGURE = `(() => {
  const grid = document.querySelector(".file-grid"), all = grid.getAttribute("aria-rowcount");
  document.querySelector("button.figure-list").click();
  return [Number(all), Number(document.querySelector(".file-grid").getAttribute("aria-rowcount"))];
})()`;

async function checkUse(browser, file) {
  const page = await browser.openPage({ width: 1440 });
  await page.offline();
  await page.open(file);
  const name = path.basename(file, ".html");
  const opened = await page.evaluate(`performance.now()`);
  const sort = await page.evaluate(MEASURE_SORT);
  assert.equal(sort.order, "ascending", `${name}: sorted`);
  assert.ok(sort.sorted < MAX_SORT, `${name}: sorted in ${sort.sorted} ms`);
  assert.ok(sort.rows > 5 && sort.rows < MAX_ROW_ELEMENTS, `${name}: ${sort.rows} elements of rows`);
  await page.evaluate(FOCUS_GRID);
  await page.press("ArrowDown");
  await page.press("Enter");
  assert.match(await page.evaluate(OPENED), /^ashiato show --case DIR \S+$/, `${name}: a row opens by key, with the command for its records`);
  const [all, figure] = await page.evaluate(FIGURE);
  assert.ok(figure > 1 && figure < all, `${name}: a figure lists ${figure} of ${all} rows`);
  const t = performance.now();
  const paper = await page.paper();
  const pages = (paper.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? []).length;
  assert.ok(pages > 3 && pages < MAX_PAGES, `${name}: ${pages} pages on paper`);
  assert.deepEqual(page.problems, [], `${name}: errors`);
  writeFileSync(path.join(pictures, `${name}.pdf`), paper);
  console.log(
    `${name}: usable after ${Math.round(opened)} ms, sorted in ${Math.round(sort.sorted)} ms, ${pages} pages printed in ${Math.round(performance.now() - t)} ms`,
  );
  await page.close();
}

async function checkWithoutScript(browser, file) {
  const page = await browser.openPage({ width: 800, script: false });
  await page.open(file);
  const words = await page.evaluate(`document.querySelector("main.plain h1")?.textContent ?? ""`);
  assert.notEqual(words.trim(), "", `${file}: no answer without JavaScript`);
  await page.close();
}

mkdirSync(pictures, { recursive: true });
const given = process.argv.slice(2);
const files = given.length > 0 ? given : samples();
const browser = await startBrowser();
try {
  for (const file of files) {
    for (const width of [1440, 800, 390]) await checkPage(browser, file, { width });
    await checkPage(browser, file, { width: 1440, scheme: "dark" });
    await checkWithoutScript(browser, file);
  }
  const full = files.filter((file) => /large/.test(file)).slice(0, 1);
  for (const file of given.length > 0 ? given : full) await checkUse(browser, file);
} finally {
  await browser.close();
  if (given.length === 0) files.forEach((file) => rmSync(file));
}
console.log(`${files.length} reports hold in the browser`);
