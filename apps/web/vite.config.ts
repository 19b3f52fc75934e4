import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

/** Bundled packages require their licences to be included. */
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
    // The server's content security policy allows no data: addresses and no inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    sourcemap: false,
  },
  server: {
    // For development of the page: run `imgmill serve --port 8417` next to `npm run dev`.
    proxy: { "/api": "http://127.0.0.1:8417", "/healthz": "http://127.0.0.1:8417" },
  },
});
