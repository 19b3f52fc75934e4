// Images that come by the clipboard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finished, jobId, launch, openPage, rows, visit } from "./support/browser.mjs";
import { png } from "./support/pictures.mjs";
import { Server } from "./support/server.mjs";

let server;
let browser;
before(async () => {
  server = await Server.start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("an image is pasted from the clipboard, and a text is none", async () => {
  const page = await openPage(browser, { permissions: ["clipboard-read", "clipboard-write"] });
  await visit(page, server);
  const copy = (bytes) =>
    page.evaluate(async (text) => {
      const raw = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([raw], { type: "image/png" }) })]);
    }, bytes.toString("base64"));
  await copy(png(140, 100, 3));
  await page.keyboard.press("Control+v");
  await finished(page);
  await rows(page, "done", 1);
  const { images } = await server.json(`/api/jobs/${jobId(page)}/images?offset=0&limit=10`);
  assert.equal(images.length, 1);
  assert.match(images[0].name, /\.png$/);
  assert.deepEqual([images[0].width, images[0].height], [140, 100]);

  // Text is no image: it goes where texts go, and makes no job.
  const here = page.url();
  await page.evaluate(() => navigator.clipboard.writeText("no picture"));
  const search = page.getByRole("searchbox");
  await search.focus();
  await page.keyboard.press("Control+v");
  assert.equal(await search.inputValue(), "no picture");
  assert.equal(page.url(), here);
  assert.equal((await server.json("/api/jobs")).jobs.length, 1);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
