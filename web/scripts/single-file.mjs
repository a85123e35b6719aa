// Vite plugin: puts the bundle's script and style into the page itself, so that
// the report is one file that needs nothing beside it.
import { readFileSync } from "node:fs";
import path from "node:path";

/** The directory of the npm package a module belongs to, or null for our own. */
function packageOf(moduleId) {
  const m = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(moduleId);
  return m === null ? null : m[1];
}

/** The licences of what is bundled ask for their notices in every copy. */
function notices(moduleIds) {
  const names = new Map();
  for (const id of moduleIds) {
    const dir = packageOf(id);
    if (dir === null) continue;
    const { name, version } = JSON.parse(readFileSync(path.join(dir, "package.json"), "utf8"));
    const text = readFileSync(path.join(dir, "LICENSE"), "utf8").trim();
    names.set(text, [...new Set([...(names.get(text) ?? []), `${name} ${version}`])]);
  }
  return [...names].map(([text, who]) => `${who.sort().join(", ")}\n\n${text}`).join("\n\n");
}

/** A function as replacement, so that `$&` and the like in the code stay as they are. */
function replaceOnce(text, pattern, replacement) {
  if (!pattern.test(text)) throw new Error(`report.html: nothing matches ${pattern}`);
  return text.replace(pattern, () => replacement);
}

/** @returns {import("vite").Plugin} */
export function singleFile() {
  return {
    name: "single-file",
    enforce: "post",
    generateBundle(_options, bundle) {
      const outputs = Object.values(bundle);
      const page = outputs.find((o) => o.fileName.endsWith(".html"));
      const script = outputs.find((o) => o.type === "chunk");
      const style = outputs.find((o) => o.fileName.endsWith(".css"));
      // "</script" inside the code would end the element.
      const code = script.code.replace(/<\/(script)/gi, "<\\/$1").trim();
      const legal = `/*\n${notices(Object.keys(script.modules))}\n*/\n`;
      let html = String(page.source);
      html = replaceOnce(html, /\s*<link rel="stylesheet"[^>]*>/, `\n<style>${style.source.trim()}</style>`);
      html = replaceOnce(html, /\s*<script type="module"[^>]*src=[^>]*><\/script>/, "");
      html = replaceOnce(html, /<\/body>/, `<script type="module">${legal}${code}</script>\n</body>`);
      page.source = html;
      for (const o of [script, style]) delete bundle[o.fileName];
    },
  };
}
