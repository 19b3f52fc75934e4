// The HTML of `imgmill set` in a browser: each viewport and density fetches the variant that suits.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, openPage } from "./support/browser.mjs";
import { png } from "./support/pictures.mjs";

const program = process.env.IMGMILL_PROGRAM;
const folder = mkdtempSync(join(tmpdir(), "imgmill-sets-"));
const types = { avif: "image/avif", webp: "image/webp", jpg: "image/jpeg" };

/** Makes a set of `name`, and returns its HTML. */
const set = (name, ...words) => {
  execFileSync(program, ["set", name, "-o", "out", "--cache", "off", "-q", "60", "--effort", "fast", "--quiet", "--base", "/out/", ...words],
    { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  return readFileSync(join(folder, "out", `${name}.html`), "utf8");
};

let browser, server, address;
let html = "";
let fetched = [];

before(async () => {
  server = http.createServer((request, response) => {
    if (request.url === "/") {
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      return response.end(`<!doctype html><style>body { margin: 0 } img { height: auto }</style>${html}`);
    }
    const path = decodeURIComponent(request.url);
    if (!path.startsWith("/out/")) return response.writeHead(404).end();
    fetched.push(path.slice(5));
    response.setHeader("Content-Type", types[path.split(".").pop()]);
    response.end(readFileSync(join(folder, path)));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  address = `http://127.0.0.1:${server.address().port}/`;
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true });
});

/** Shows the HTML; returns what was fetched, and the shown size in CSS pixels. */
const shown = async (text, width, density) => {
  html = text;
  fetched = [];
  const page = await openPage(browser, { viewport: { width, height: 600 }, deviceScaleFactor: density });
  await page.goto(address);
  const size = await page.locator("img").evaluate(async (img) => {
    await img.decode();
    return { width: img.width, height: img.height, natural: img.naturalWidth };
  });
  assert.deepEqual(page.complaints, []);
  await page.context().close();
  assert.equal(fetched.length, 1, `one file is fetched, not ${fetched}`);
  return { file: fetched[0], ...size };
};

test("widths: the variant that the viewport needs, in the smallest format", async () => {
  const name = "a sea, 50% \"blue\" é.png";
  writeFileSync(join(folder, name), png(1600, 800, 1));
  const text = set(name, "--widths", "400,800,1200", "--formats", "webp,jpeg", "--html", "picture", "--sizes", "(max-width: 500px) 100vw, 50vw");
  const format = text.includes("image/webp") ? "webp" : "jpg";
  const stem = name.slice(0, -4);
  for (const [width, density, expected] of [[400, 1, 400], [400, 2, 800], [800, 1, 400], [800, 2, 800], [1600, 1, 800], [1600, 2, 1200]]) {
    const { file } = await shown(text, width, density);
    assert.equal(file, `${stem}-${expected}w.${format}`, `${width} px at ${density}x`);
  }
});

test("the script of docs/web-build.md finds the HTML in the manifest", () => {
  writeFileSync(join(folder, "sea.png"), png(300, 200, 3));
  mkdirSync(join(folder, "site"));
  const text = set("sea.png", "--widths", "100,200", "--formats", "webp,jpeg", "--html", "picture", "--manifest", "site/images.json");
  const page = readFileSync(new URL("../../docs/web-build.md", import.meta.url), "utf8");
  const script = /```js\n(.*?)```/s.exec(page)[1];
  const use = `${script}\nconsole.log(picture("sea.png", 'the "sea" & $$ more'));`;
  const told = execFileSync(process.execPath, ["--input-type=module", "-e", use], { cwd: folder, encoding: "utf8" });
  assert.equal(told, `${text.replace('alt=""', () => 'alt="the &quot;sea&quot; &amp; $$ more"')}\n`);
  assert.throws(() => execFileSync(process.execPath, ["--input-type=module", "-e", use.replace('"sea.png"', '"no.png"')],
    { cwd: folder, stdio: "pipe" }), /there is no set of no\.png/);
});

test("densities: one width in CSS pixels, as many device pixels as the screen has", async () => {
  writeFileSync(join(folder, "face.png"), png(500, 500, 2));
  const text = set("face.png", "--widths", "150", "--densities", "1x,2x", "--formats", "jpeg", "--html", "img");
  for (const [density, expected] of [[1, 150], [2, 300]]) {
    const { file, width, height } = await shown(text, 800, density);
    assert.equal(file, `face-${expected}w.jpg`);
    assert.deepEqual([width, height], [150, 150]);
  }
});
