// A typical session: drop a folder, look, choose, download.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { drop, finished, jobId, launch, openPage, pick, row, rows, shoot, until, visit } from "./support/browser.mjs";
import { unzip } from "./support/bytes.mjs";
import { brokenPng, plant, png } from "./support/pictures.mjs";
import { Server, temporaryFolder } from "./support/server.mjs";

let server;
let browser;
const folder = temporaryFolder();

before(async () => {
  server = await Server.start({ roots: [folder] });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("a dropped folder becomes smaller, keeps its tree, and comes out as a ZIP", async () => {
  const files = {
    "holiday/beach.png": png(200, 150, 1),
    "holiday/inland/hill.png": png(160, 120, 2),
    "holiday/inland/lake.png": png(120, 160, 3),
    "holiday/broken.png": brokenPng(),
    "holiday/notes.txt": Buffer.from("not a picture"),
  };
  plant(folder, files);
  const page = await openPage(browser);
  await visit(page, server);
  await drop(page, [join(folder, "holiday")]);
  await finished(page);
  assert.equal(await page.locator("h1").textContent(), "holiday");
  await rows(page, "done", 3);
  await rows(page, "failed", 1);
  await page.getByText("1 item was left out: txt (1)").waitFor();
  await shoot(page, "job"); // docs/pictures/serve.png

  // The damaged image: its reason, advice, and a retry that fails as well.
  await page.getByRole("button", { name: "Show" }).click();
  assert.equal(await page.locator(".grid-body .row").count(), 1);
  await row(page, "broken.png").click();
  await page.getByText("What to do:").waitFor();
  await shoot(page, "failed");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("What to do:").waitFor();
  await page.keyboard.press("Escape");
  await finished(page);
  await rows(page, "failed", 1);

  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download all" }).click()]);
  const entries = unzip(readFileSync(await download.path()));
  assert.deepEqual([...entries.keys()].sort(), ["holiday/beach.png", "holiday/inland/hill.png", "holiday/inland/lake.png"]);
  const { images } = await server.json(`/api/jobs/${jobId(page)}/images?offset=0&limit=100`);
  for (const image of images.filter((one) => one.state === "done")) {
    const told = Buffer.from(await (await server.get(`/api/jobs/${jobId(page)}/images/${image.index}/output`)).arrayBuffer());
    assert.ok(entries.get(image.output_name).equals(told), image.name);
    assert.equal(told.length, image.optimized_size);
    assert.ok(told.length < files[image.name].length);
  }
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("before and after under one divider, and another quality is used", async () => {
  const page = await openPage(browser);
  await visit(page, server);
  await page.getByRole("combobox", { name: "Format" }).selectOption("webp");
  await pick(page, { "hills.png": png(320, 240, 4), "valley.png": png(200, 150, 5) });
  await finished(page);
  const saved_before = await page.locator(".hero .under").textContent();
  await row(page, "hills.png").click();
  const divider = page.getByRole("slider", { name: "Divider between before and after" });
  const value = async () => Number(await divider.getAttribute("aria-valuenow"));
  await page.waitForFunction(() => [...document.querySelectorAll(".stage img")].filter((image) => image.complete && image.naturalWidth > 0).length === 2);
  assert.equal(await value(), 50);

  const stage = await page.locator(".stage").boundingBox();
  const handle = await divider.boundingBox();
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await page.mouse.down();
  await page.mouse.move(stage.x + stage.width * 0.25, stage.y + stage.height / 2, { steps: 4 });
  await page.mouse.up();
  assert.equal(await value(), 25);
  await divider.press("ArrowRight");
  assert.equal(await value(), 27);
  await divider.press("End");
  assert.equal(await value(), 100);
  await divider.press("Home");
  assert.equal(await value(), 0);

  const scale = () => page.locator(".stage .picture").first().evaluate((image) => new DOMMatrix(getComputedStyle(image).transform).a);
  await page.getByRole("button", { name: "1:1" }).click();
  assert.equal(await scale(), 1);
  await page.mouse.move(stage.x + 300, stage.y + 300);
  await page.mouse.wheel(0, -400);
  await page.waitForFunction(() => new DOMMatrix(getComputedStyle(document.querySelector(".stage .picture")).transform).a > 1.5);
  await page.locator(".stage").press("0");
  await page.waitForFunction(() => new DOMMatrix(getComputedStyle(document.querySelector(".stage .picture")).transform).a === 1);

  await page.getByRole("switch", { name: "Heat map" }).check();
  const map = page.locator(".map");
  await page.waitForFunction(() => (document.querySelector(".map img")?.naturalWidth ?? 0) > 0);
  // The legend below the map is cut off: the overlay has the size of the picture.
  assert.deepEqual(await map.evaluate((element) => [element.clientWidth, element.clientHeight]), [320, 240]);
  await page.getByRole("slider", { name: "Opacity of the heat map" }).fill("40");
  assert.equal(await map.evaluate((element) => element.style.opacity), "0.4");

  const job = jobId(page);
  const index = Number(page.url().split("/").pop());
  const original = await server.json(`/api/jobs/${job}/images/${index}`);
  assert.ok(await page.getByRole("button", { name: "Use this one" }).isDisabled());
  await page.getByRole("button", { name: /^Small 60/ }).click();
  await page.locator(".quality[aria-pressed=true]", { hasText: "Small 60" }).waitFor();
  await page.getByRole("button", { name: "Use this one" }).click();
  await page.getByText("This image now uses it.").waitFor();
  const changed = await server.json(`/api/jobs/${job}/images/${index}`);
  assert.ok(changed.optimized_size < original.optimized_size, `${changed.optimized_size} of ${original.optimized_size}`);
  assert.ok(changed.score >= 60 && changed.score < original.score);
  const bytes = await (await server.get(`/api/jobs/${job}/images/${index}/output`)).arrayBuffer();
  assert.equal(bytes.byteLength, changed.optimized_size);
  await page.keyboard.press("Escape");
  await page.waitForFunction((text) => document.querySelector(".hero .under")?.textContent !== text, saved_before);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a job is stopped midway and goes on with the rest", async () => {
  const page = await openPage(browser);
  await visit(page, server);
  await page.getByRole("combobox", { name: "Format" }).selectOption("avif");
  const files = Object.fromEntries(Array.from({ length: 48 }, (_, at) => [`tile-${at}.png`, png(320, 240, 20 + at, 60)]));
  await pick(page, files);
  await page.locator(".row.done").first().waitFor();
  await shoot(page, "running");
  await page.getByRole("button", { name: "Stop" }).click();
  await page.locator(".job-head .pill.cancelled").waitFor();
  const stopped = await server.json(`/api/jobs/${jobId(page)}`);
  assert.ok(stopped.counts.done > 0 && stopped.counts.cancelled > 0, JSON.stringify(stopped.counts));
  await page.getByText("What was finished is here to keep.").waitFor();
  // The rest is processed; one more image is enough to check.
  await page.getByRole("button", { name: "Go on with the rest" }).click();
  await until("another image", async () => (await server.json(`/api/jobs/${jobId(page)}`)).counts.done > stopped.counts.done);
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByRole("button", { name: /^Delete the job tile-0/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.waitForFunction(() => ![...document.querySelectorAll(".history-line")].some((line) => line.textContent.includes("tile-0")));
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a local folder is replaced in place, with its originals kept", async () => {
  const files = { "shop/one.png": png(160, 120, 6), "shop/two.png": png(160, 120, 7) };
  plant(folder, files);
  const page = await openPage(browser);
  await visit(page, server);
  // The first list of folders arrives late; text typed meanwhile stays.
  let go_on;
  const typed = new Promise((resolve) => (go_on = resolve));
  await page.route("**/api/folders*", async (route) => {
    await typed;
    await route.fallback();
  });
  await page.getByRole("button", { name: "Choose a folder" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Folder" }).fill(join(folder, "shop"));
  go_on();
  await dialog.locator(".folders").waitFor();
  assert.equal(await dialog.getByRole("textbox", { name: "Folder" }).inputValue(), join(folder, "shop"));
  await dialog.getByRole("button", { name: "Go to this folder" }).click();
  await dialog.getByText("2 images in it and its subfolders").waitFor();
  await shoot(page, "local-folder");
  await dialog.getByRole("button", { name: "Optimize this folder" }).click();
  await finished(page);
  assert.ok(readFileSync(join(folder, "shop/one.png")).equals(files["shop/one.png"]), "nothing is written unasked");
  await page.getByRole("button", { name: "Write to folder" }).click();
  await dialog.getByText(`2 images in ${join(folder, "shop")} will be replaced`).waitFor();
  await shoot(page, "write");
  await dialog.getByRole("button", { name: "Replace now" }).click();
  await dialog.getByText("2 images were written").waitFor();
  const said = await dialog.getByText(/^The originals are in /).textContent();
  const backup = said.slice("The originals are in ".length, -1);
  for (const name of ["one.png", "two.png"]) {
    const now = readFileSync(join(folder, "shop", name));
    assert.ok(now.length < files[`shop/${name}`].length, name);
    assert.ok(readFileSync(join(backup, folder, "shop", name)).equals(files[`shop/${name}`]), name);
  }
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("the summary says what the list says", async () => {
  const page = await openPage(browser);
  await visit(page, server);
  await pick(page, { "a.png": png(160, 120, 30), "b.png": png(160, 120, 31), "c.png": png(90, 90, 32) });
  await finished(page);
  await page.getByRole("tab", { name: "Summary" }).click();
  const job = await server.json(`/api/jobs/${jobId(page)}`);
  assert.equal(await page.locator(".histogram").first().locator(".column-count").allTextContents().then((texts) => texts.reduce((sum, text) => sum + Number(text), 0)), job.images);
  assert.equal(await page.locator(".ten").first().locator("li").count(), job.counts.done);
  await page.locator(".histogram").first().getByText("As a table").click();
  assert.equal(await page.locator(".histogram").first().locator("tr").count(), 10);
  for (const format of ["HTML", "JSON", "CSV"]) {
    await page.getByText("Report", { exact: true }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: `Report as ${format}` }).click()]);
    assert.ok(readFileSync(await download.path()).includes("a.png"), format);
  }
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
