// A job shows its settings and results, and its images can be processed again with other settings
// without another upload.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { finished, jobId, launch, openPage, pick, row, rows, shoot, until, visit } from "./support/browser.mjs";
import { unzip } from "./support/bytes.mjs";
import { brokenPng, png } from "./support/pictures.mjs";
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

const begun = async (files, prepare = async () => undefined) => {
  const page = await openPage(browser);
  await visit(page, server);
  await prepare(page);
  await pick(page, files);
  await finished(page);
  return page;
};
const images = async (page) => (await server.json(`/api/jobs/${jobId(page)}/images?offset=0&limit=100`)).images;
/** Waits until all images have been processed with settings of their own. */
const workedAnew = (page, count) => until("images to be worked on anew", async () => (await images(page)).filter((image) => image.settings !== null && image.state === "done").length === count);

test("a job shows what was asked, and each row what came out", async () => {
  const page = await begun({ "wide.png": png(320, 160, 1) }, async (fresh) => {
    await fresh.getByRole("combobox", { name: "Format" }).selectOption("webp");
    await fresh.getByRole("combobox", { name: "Size" }).selectOption("longest");
    await fresh.getByRole("spinbutton", { name: "Pixels" }).fill("160");
  });
  const asked = await page.locator(".asked > span:not(.hidden)").innerText();
  assert.deepEqual(asked.split(" · "), ["Looks the same (80)", "Format: WebP", "Size: Longest side 160 px", "Metadata: Colours, orientation, copyright", "Effort: Balanced"]);
  await rows(page, "done", 1);
  assert.equal(await row(page, "wide.png").locator(".cell-name .hint").innerText(), "wide.webp · PNG → WebP · 160 × 80");
  await shoot(page, "asked");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a box is filled, and the page says so", async () => {
  const page = await begun({ "wide.png": png(320, 160, 1) }, async (fresh) => {
    await fresh.getByRole("combobox", { name: "Size" }).selectOption("cover");
    await fresh.getByRole("spinbutton", { name: "Box width" }).fill("60");
    await fresh.getByRole("spinbutton", { name: "Box height" }).fill("60");
    await fresh.getByRole("combobox", { name: "What stays" }).selectOption("centre");
    await shoot(fresh, "box");
  });
  await rows(page, "done", 1);
  const asked = await page.locator(".asked > span:not(.hidden)").innerText();
  assert.ok(asked.includes("Size: Fill a box 60 × 60 px"), asked);
  const [image] = await images(page);
  assert.deepEqual([image.width, image.height], [60, 60]);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("the same images with other settings, and nothing is sent again", async () => {
  const page = await begun({ "a.png": png(160, 120, 1), "b.png": png(120, 160, 2), "c.png": png(90, 90, 3) });
  const job = jobId(page);
  let sent = 0;
  page.on("request", (request) => (sent += request.method() === "PUT" ? 1 : 0));
  await page.getByRole("button", { name: "Other settings" }).click();
  const dialog = page.getByRole("dialog", { name: "3 images with other settings" });
  // The initial choices are the previous settings.
  assert.equal(await dialog.getByRole("spinbutton", { name: "Score to reach" }).inputValue(), "80");
  await dialog.getByRole("combobox", { name: "Format" }).selectOption("webp");
  await dialog.getByRole("spinbutton", { name: "Score to reach" }).fill("70");
  await shoot(page, "again");
  await dialog.getByRole("button", { name: "Go", exact: true }).click();
  await workedAnew(page, 3);
  await finished(page);
  for (const image of await images(page)) assert.deepEqual([image.format, image.target], ["webp", 70], image.name);
  assert.equal(jobId(page), job);
  assert.equal(sent, 0);
  await page.locator(".asked", { hasText: "Good (70)" }).waitFor();
  await page.locator(".asked", { hasText: "Format: WebP" }).waitFor();
  // The settings for new jobs have not changed.
  await page.getByRole("button", { name: "Back" }).click();
  assert.equal(await page.getByRole("spinbutton", { name: "Score to reach" }).inputValue(), "80");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("some images are selected and get settings of their own", async () => {
  const page = await begun(Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`${at}.png`, png(96, 64, 10 + at)])));
  await page.getByRole("button", { name: "Select images" }).click();
  const bar = page.getByRole("group", { name: "Select images" });
  assert.ok(await bar.getByRole("button", { name: "Other settings" }).isDisabled());
  await row(page, "1.png").click();
  await row(page, "3.png").click({ modifiers: ["Shift"] });
  await bar.getByText("3 images selected").waitFor();
  await row(page, "2.png").click();
  await bar.getByText("2 images selected").waitFor();
  // The same by keyboard.
  await page.locator(".grid").focus();
  await page.keyboard.press("End");
  await page.keyboard.press(" ");
  await bar.getByText("3 images selected").waitFor();
  await page.keyboard.press(" ");
  await bar.getByText("2 images selected").waitFor();
  assert.deepEqual(await page.locator(".row[aria-selected=true] .name-line").allInnerTexts(), ["1.png", "3.png"]);
  await shoot(page, "selecting");
  await bar.getByRole("button", { name: "Other settings" }).click();
  const dialog = page.getByRole("dialog", { name: "2 images with other settings" });
  await dialog.getByRole("combobox", { name: "Format" }).selectOption("jpeg");
  await dialog.getByRole("button", { name: "Go", exact: true }).click();
  await workedAnew(page, 2);
  await finished(page);
  assert.deepEqual((await images(page)).map((image) => `${image.name} ${image.format}`).sort(), ["0.png png", "1.png jpeg", "2.png png", "3.png jpeg", "4.png png"]);
  await page.locator(".asked", { hasText: "2 images have settings of their own" }).waitFor();
  // Selection mode has ended, and a click opens an image again.
  assert.equal(await bar.count(), 0);
  await row(page, "0.png").click();
  await page.locator(".divider").waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("originals of failed images come along in the ZIP when they are wanted", async () => {
  const broken = brokenPng();
  const page = await begun({ "fine.png": png(120, 90, 1), "broken.png": broken });
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "ZIP with their originals" }).click()]);
  const entries = unzip(readFileSync(await download.path()));
  assert.deepEqual([...entries.keys()].sort(), ["fine.png", "not-optimized/broken.png"]);
  assert.ok(entries.get("not-optimized/broken.png").equals(broken));
  await page.context().close();
});
