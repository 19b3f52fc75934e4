// Input other than clicks: pasting and pinching.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finished, jobId, launch, openPage, pick, row, rows, shoot, visit } from "./support/browser.mjs";
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

  // Text is not an image: it is pasted as text, and starts no job.
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

test("two fingers zoom into what lies between them, and out again", async () => {
  const page = await openPage(browser, { hasTouch: true });
  await visit(page, server);
  await pick(page, { "hills.png": png(900, 700, 4) });
  await finished(page);
  await row(page, "hills.png").click();
  await page.waitForFunction(() => [...document.querySelectorAll(".stage img")].filter((image) => image.complete && image.naturalWidth > 0).length === 2);
  await page.getByRole("button", { name: "1:1" }).click();
  const box = await page.locator(".stage").boundingBox();
  // Neither finger touches the divider.
  const middle = { x: box.x + box.width * 0.25, y: box.y + box.height * 0.6 };
  /** The point of the picture between the fingers, and the size of a pixel. */
  const under = () =>
    page.locator(".stage .picture").first().evaluate((image, at) => {
      const { left, top, width } = image.getBoundingClientRect();
      const scale = width / image.naturalWidth;
      return { scale, x: (at.x - left) / scale, y: (at.y - top) / scale };
    }, middle);
  const session = await page.context().newCDPSession(page);
  const touch = (type, apart) =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: apart === null ? [] : [-1, 1].map((side, id) => ({ id, x: middle.x + (side * apart) / 2, y: middle.y })),
    });
  const pinch = async (from, to) => {
    await touch("touchStart", from);
    for (let step = 1; step <= 8; step += 1) await touch("touchMove", from + ((to - from) * step) / 8);
    await touch("touchEnd", null);
  };
  const first = await under();
  assert.equal(first.scale, 1);
  await pinch(80, 200);
  await page.waitForFunction(() => new DOMMatrix(getComputedStyle(document.querySelector(".stage .picture")).transform).a > 2);
  const near = await under();
  assert.ok(Math.abs(near.scale - 2.5) < 0.1, `${near.scale}`);
  assert.ok(Math.hypot(near.x - first.x, near.y - first.y) < 12, JSON.stringify([first, near]));
  await shoot(page, "pinched");
  await pinch(200, 80);
  await page.waitForFunction(() => new DOMMatrix(getComputedStyle(document.querySelector(".stage .picture")).transform).a < 1.2);
  const again = await under();
  assert.ok(Math.abs(again.scale - 1) < 0.1, `${again.scale}`);
  // The page itself is not zoomed.
  assert.equal(await page.evaluate(() => visualViewport.scale), 1);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
