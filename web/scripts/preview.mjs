// Writes dist/report.html with sample data in it:
//   npm run preview:sample -- SAMPLE OUT [en|ja]
import { readFileSync, writeFileSync } from "node:fs";

const [sample = "incident", out = "dist/preview.html", language = "en"] = process.argv.slice(2);
const { build } = await import(`../sample/${sample}.mjs`);
const page = readFileSync(new URL("../dist/report.html", import.meta.url), "utf8");

// As the C program writes it: nothing in it can end the element.
const escapes = { "<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029" };
const json = JSON.stringify(build(language)).replace(/[<>&\u2028\u2029]/g, (c) => escapes[c]);

const [before, after, ...more] = page.split("__ASHIATO_DATA__");
if (after === undefined || more.length > 0)
  throw new Error("dist/report.html must hold the placeholder once");
writeFileSync(out, before + json + after);
console.log(`${out}: sample "${sample}", ${Buffer.byteLength(json)} bytes of data`);
