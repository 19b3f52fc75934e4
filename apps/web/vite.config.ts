import { defineConfig } from "vite";

export default defineConfig({
  base: "/",
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
