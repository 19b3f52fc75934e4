import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

/** What is bundled asks for its notice to come along. */
const licences = (packages: string[]): Plugin => ({
  name: "licences",
  generateBundle() {
    const texts = packages.map((name) => `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, "utf8")}`);
    this.emitFile({ type: "asset", fileName: "assets/licences.txt", source: texts.join("\n\n") });
  },
});

export default defineConfig({
  base: "/",
  plugins: [licences(["preact", "@preact/signals", "@preact/signals-core"])],
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: {
    target: "es2022",
    // The server's content policy allows no data: addresses and no inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    sourcemap: false,
  },
  server: {
    // For work on the page alone: `imgmill serve --port 8417` beside `npm run dev`.
    proxy: { "/api": "http://127.0.0.1:8417", "/healthz": "http://127.0.0.1:8417" },
  },
});
