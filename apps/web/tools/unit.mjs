// Runs src/**/*.test.ts: bundled with Vite's esbuild, run by node --test.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(here, "node_modules", ".unit");
const find = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return find(path);
    return entry.name.endsWith(".test.ts") ? [path] : [];
  });

rmSync(out, { recursive: true, force: true });
const tests = find(join(here, "src"));
await build({
  entryPoints: tests,
  outdir: out,
  outbase: join(here, "src"),
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node18",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
});
const built = tests.map((path) => path.replace(join(here, "src"), out).replace(/\.ts$/, ".mjs"));
const run = spawnSync(process.execPath, ["--test", ...built], { stdio: "inherit", cwd: here });
process.exit(run.status ?? 1);
