// Writes dist/report.html with sample data in it:
//   npm run preview:sample -- SAMPLE OUT [en|ja]
import { readFileSync, writeFileSync } from "node:fs";

const [sample = "incident", out = "dist/preview.html", language = "en"] = process.argv.slice(2);
const { build } = await import(`../sample/${sample}.mjs`);
const page = readFileSync(new URL("../dist/report.html", import.meta.url), "utf8");

const report = build(language);
const text = (s) => s.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);
const list = (lines) => `<ul>${lines.map((l) => `<li>${text(l)}</li>`).join("")}</ul>`;
const summary = `<main class="plain" lang="${language}"><h1>${text(report.answer.headline)}</h1>${list(report.answer.lines)}${list(report.limits)}</main>`;

// As the C program writes it: nothing in it can end the element.
const escapes = { "<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029" };
const json = JSON.stringify(report).replace(/[<>&\u2028\u2029]/g, (c) => escapes[c]);

const [before, after, ...more] = page.split("__ASHIATO_DATA__");
if (after === undefined || more.length > 0)
  throw new Error("dist/report.html must hold the placeholder once");
writeFileSync(out, before.replace("__ASHIATO_SUMMARY__", () => summary) + json + after);
console.log(`${out}: sample "${sample}", ${Buffer.byteLength(json)} bytes of data`);
