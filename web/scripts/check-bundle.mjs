// What must hold for the built page: one file, one data element, nothing from
// the network, no markup made from strings.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const MAX_BYTES = 400_000;

assert.deepEqual(
  readdirSync(`${root}dist`).filter((f) => f !== "report.html" && !f.startsWith("preview")),
  [],
  "the bundle is one file",
);
const page = readFileSync(`${root}dist/report.html`, "utf8");
const count = (re) => (page.match(re) ?? []).length;

assert.ok(Buffer.byteLength(page) < MAX_BYTES, `the bundle is ${Buffer.byteLength(page)} bytes`);
assert.equal(count(/__ASHIATO_DATA__/g), 1, "the placeholder occurs once");
assert.equal(count(/<div id="page">__ASHIATO_SUMMARY__<\/div>/g), 1, "the place for the summary");
assert.ok(page.indexOf("__ASHIATO_SUMMARY__") < page.indexOf("__ASHIATO_DATA__"), "in the order they are filled");
assert.equal(
  count(/<script type="application\/json" id="ashiato-data">__ASHIATO_DATA__<\/script>/g),
  1,
  "the placeholder is all of the data element",
);
assert.match(
  page,
  /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">/,
);
assert.ok(page.indexOf("Content-Security-Policy") < page.search(/<style|<script/), "the policy comes first");
assert.equal(count(/<script\b/g), 2, "the data and the code");
assert.equal(count(/<!--/g), 0, "no comment opening, which changes how scripts end");
assert.equal(count(/<link\b(?! rel="icon" href="data:,")/g), 0, "no linked file");

const NAMESPACES = new Set(["http://www.w3.org/2000/svg"]);
const addresses = (page.match(/\b(?:https?|wss?|ftp):\/\/[^\s"'`)<]+/g) ?? []).filter(
  (a) => !NAMESPACES.has(a),
);
assert.deepEqual(addresses, [], "no address");
for (const word of [
  "fetch(",
  "XMLHttpRequest",
  "WebSocket",
  "EventSource",
  "sendBeacon",
  "importScripts",
  "import(",
  "@import",
  "url(http",
])
  assert.ok(!page.includes(word), `no ${word}`);
for (const word of [
  "innerHTML",
  "outerHTML",
  "insertAdjacentHTML",
  "document.write",
  "DOMParser",
  "createContextualFragment",
  "srcdoc",
  "eval(",
  "new Function",
])
  assert.ok(!page.includes(word), `no ${word}`);

for (const file of ["package.json", "package-lock.json", ".npmrc"]) {
  const text = readFileSync(`${root}${file}`, "utf8");
  assert.ok(!/"resolved"|registry\./.test(text), `${file} names no download address`);
}
console.log(`dist/report.html: ${Buffer.byteLength(page)} bytes, all assertions hold`);
