import { defineConfig } from "vite";

import { singleFile } from "./scripts/single-file.mjs";

export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [singleFile()],
  build: {
    target: "es2020",
    modulePreload: false,
    rollupOptions: { input: "report.html" },
  },
});
