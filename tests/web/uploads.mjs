// Uploads over connections that break in the middle, or that swallow data.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { finished, jobId, launch, openPage, pick, rows, shoot, until, visit } from "./support/browser.mjs";
import { large, png } from "./support/pictures.mjs";
import { for_proxy, Proxy } from "./support/proxy.mjs";
import { Server } from "./support/server.mjs";

let browser;
let server;
let proxy;
let page;
before(async () => {
  server = await Server.start();
  browser = await launch(for_proxy);
});
beforeEach(async () => {
  proxy = await Proxy.start(server);
  page = await openPage(browser);
});
afterEach(async () => {
  await page?.context().close();
  await proxy?.stop();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Every image exists once, is done, and its original is byte for byte what was given. */
const all_there = async (files) => {
  const path = `/api/jobs/${jobId(page)}`;
  const { images } = await server.json(`${path}/images?offset=0&limit=100`);
  assert.deepEqual(images.map((image) => image.name).sort(), Object.keys(files).sort());
  for (const image of images) {
    assert.equal(image.state, "done");
    const original = Buffer.from(await (await server.get(`${path}/images/${image.index}/original`)).arrayBuffer());
    assert.ok(original.equals(files[image.name]), image.name);
  }
};

test("several uploads are cut off at once, twice, and in the end every image is there once", async () => {
  const files = Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`${at}.png`, large(at + 1, 1_500_000)]));
  await visit(page, proxy);
  proxy.hold_after = 100_000;
  await pick(page, files);
  for (const next of [1_000_000, Infinity]) {
    await until("four uploads in their middle", () => proxy.held.size === 4);
    proxy.cut();
    await page.getByRole("alert").getByText("The server has ended").waitFor();
    // Known images stay visible, and nothing is reported as refused.
    assert.equal(await page.locator(".job-head .pill.receiving").count(), 1);
    proxy.mend(next);
  }
  await finished(page);
  await rows(page, "done", 6);
  assert.equal(await page.getByRole("alert").count(), 0);
  assert.equal(await page.locator(".notice.bad").count(), 0);
  await all_there(files);
  assert.deepEqual(page.complaints, []);
});

test("the first question of a page gets lost, and is asked again", async () => {
  const files = { "a.png": large(1, 1000) };
  let asked = 0;
  proxy.swallows = (line) => line.startsWith("GET /api/info") && (asked += 1) === 1;
  await page.clock.install();
  await visit(page, proxy);
  assert.equal(asked, 1);
  await page.clock.fastForward(40_000);
  await until("the question to be asked again", () => asked === 2);
  await pick(page, files);
  await finished(page);
  await all_there(files);
  assert.deepEqual(page.complaints, []);
});

test("what gets lost without a word is sent again: an upload, its end, the questions for images and events", async () => {
  const files = Object.fromEntries([1, 2, 3].map((at) => [`${at}.png`, large(at, 50_000)]));
  const lines = [/^PUT .*name=1\.png/, /^POST .*\/complete/, /^GET .*\/images\?/, /^GET .*\/events/];
  const lost = new Set();
  proxy.swallows = (text) => {
    const line = lines.find((some) => some.test(text));
    return line !== undefined && !lost.has(line) && lost.add(line) !== null;
  };
  await page.clock.install();
  await visit(page, proxy);
  await pick(page, files);
  const over = page.locator(".job-head .pill.done");
  for (let known = 0; ; ) {
    await until("the end of the job, or another loss", async () => lost.size > known || (await over.count()) > 0);
    if (lost.size === known) break;
    known = lost.size;
    // The time limits are too long for a test: advance the page's clock.
    await page.clock.fastForward(130_000);
  }
  assert.equal(lost.size, lines.length);
  await rows(page, "done", 3);
  await all_there(files);
  assert.deepEqual(page.complaints, []);
});

test("after a page that was sending is gone, the next one names what has not arrived", async () => {
  await visit(page, proxy);
  proxy.hold_after = 200_000;
  await pick(page, { "0.png": png(64, 48, 60), "1.png": png(64, 48, 61), "2.png": large(3, 1_500_000), "3.png": large(4, 1_500_000), "4.png": png(64, 48, 64) });
  await rows(page, "done", 3);
  await until("two uploads in their middle", () => proxy.held.size === 2);
  const missing = (on) => on.locator("details.missing");
  // While one page is sending, another does not report anything as missing.
  const second = await page.context().newPage();
  await second.goto(page.url());
  await rows(second, "done", 3);
  await second.waitForTimeout(500);
  assert.equal(await missing(second).count(), 0);
  await page.close();
  await second.reload();
  await missing(second).getByText("2 files have not arrived.").click();
  assert.deepEqual(await missing(second).locator("li bdi").allInnerTexts(), ["2.png", "3.png"]);
  await shoot(second, "missing");
  await second.getByRole("button", { name: "Do not mention it again" }).click();
  assert.equal(await missing(second).count(), 0);
  await second.reload();
  await rows(second, "done", 3);
  assert.equal(await missing(second).count(), 0);
  await second.context().close();
});
