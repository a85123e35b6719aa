// Builds the tests with Vite, so that they need no other compiler, and runs
// them with Node's own test runner.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const outDir = path.join(root, "node_modules", ".cache", "tests");
const tests = readdirSync(path.join(root, "tests")).filter((f) => f.endsWith(".test.ts"));

rmSync(outDir, { recursive: true, force: true });
await build({
  root,
  configFile: false,
  logLevel: "warn",
  build: {
    ssr: true,
    outDir,
    target: "node18",
    rollupOptions: {
      input: tests.map((f) => path.join(root, "tests", f)),
      output: { entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" },
    },
  },
});
const built = readdirSync(outDir).filter((f) => f.endsWith(".test.mjs"));
if (built.length !== tests.length) throw new Error(`${tests.length} tests, ${built.length} built`);
const run = spawnSync(
  process.execPath,
  ["--test", "--test-reporter=spec", ...built.map((f) => path.join(outDir, f))],
  { stdio: "inherit" },
);
process.exitCode = run.status ?? 1;
