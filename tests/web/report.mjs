// The HTML report of a batch, opened from disk: it shows and sorts the results.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { launch, openPage, shoot, violations } from "./support/browser.mjs";
import { brokenPng, plant, png } from "./support/pictures.mjs";
import { program, temporaryFolder } from "./support/server.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** Optimizes `files` to WebP and opens the report. */
const reportOf = async (files, options) => {
  const folder = temporaryFolder();
  plant(join(folder, "in"), files);
  const report = join(folder, "report.html");
  const words = ["optimize", join(folder, "in"), "-o", join(folder, "out"), "--format", "webp", "--cache", "off", "--report", report];
  const told = spawnSync(program, words, { encoding: "utf8" });
  assert.ok([0, 1].includes(told.status), told.stderr);
  const page = await openPage(browser, options);
  await page.goto(pathToFileURL(report).href);
  await page.locator("tbody tr").first().waitFor();
  return page;
};
const names = (page) => page.locator("tbody td.name button").allInnerTexts();
const scores = async (page) => (await page.locator("tbody td.score").allInnerTexts()).filter(Boolean).map(Number);

test("a report shows, sorts, filters and compares", async () => {
  const files = { "b.png": png(240, 160, 2, 40), "a.png": png(240, 160, 1), "sub/c.png": png(160, 240, 3, 90), "broken.png": brokenPng() };
  const page = await reportOf(files, { reducedMotion: "reduce" });
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    await shoot(page, `report-${colorScheme}`, { fullPage: true });
    assert.deepEqual(await violations(page), [], colorScheme);
  }
  assert.equal(await page.locator("tbody tr").count(), 4);
  assert.equal(await page.getByRole("button", { name: /^Show more/ }).count(), 0, "nothing is left to show");
  assert.equal(await page.getByText("No image matches.").isVisible(), false);
  // Every written image has its score, and the summary names the lowest.
  const found = await scores(page);
  assert.equal(found.length, 3);
  assert.ok(found.every((score) => score >= 80), String(found));
  assert.ok((await page.locator("#cards").innerText()).includes(Math.min(...found).toFixed(2)));
  assert.equal(await page.locator("#charts svg").count(), 2);

  await page.getByRole("button", { name: "Score" }).click();
  assert.deepEqual(await scores(page), [...found].sort((a, b) => a - b));
  await page.getByRole("button", { name: "Score" }).click();
  assert.deepEqual(await scores(page), [...found].sort((a, b) => b - a));
  await page.getByRole("button", { name: "Name" }).click();
  const sorted = await names(page);
  assert.deepEqual(sorted, ["a.png", "b.png", "broken.png", "c.png"]);

  await page.getByRole("searchbox").fill("sub/");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  assert.deepEqual(await names(page), ["c.png"]);
  await page.getByRole("searchbox").fill("nowhere");
  await page.getByText("No image matches.").waitFor();
  await page.getByRole("searchbox").fill("");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 4);
  await page.getByRole("combobox", { name: "Which images" }).selectOption("failed");
  assert.deepEqual(await names(page), ["broken.png"]);
  await page.getByRole("combobox", { name: "Which images" }).selectOption("");

  await page.getByRole("button", { name: "a.png" }).click();
  const slider = page.getByRole("slider");
  await slider.waitFor();
  await slider.press("End");
  assert.match(await page.locator(".compare .over").evaluate((image) => image.style.clipPath), /100%/);
  await shoot(page, "report-compare");
  assert.deepEqual(await violations(page), [], "compare");
  for (const image of await page.locator(".compare img").all()) {
    assert.ok(await image.evaluate((element) => element.complete && element.naturalWidth > 0), "a picture is missing");
  }
  await page.keyboard.press("Escape");
  await slider.waitFor({ state: "hidden" });
  // Nothing is loaded: the report is self-contained.
  assert.deepEqual(asked.filter((url) => !url.startsWith("data:")), []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a long report draws its rows as they are needed, and says how many are left", async () => {
  const one = png(24, 16, 5);
  const files = Object.fromEntries(Array.from({ length: 230 }, (_, at) => [`tile-${String(at).padStart(3, "0")}.png`, one]));
  const page = await reportOf(files);
  assert.equal(await page.locator("tbody tr").count(), 200);
  assert.ok(await page.getByRole("button", { name: "Show more (30 left)" }).isVisible());
  await page.mouse.wheel(0, 100_000);
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 230);
  assert.equal(await page.getByRole("button", { name: /^Show more/ }).count(), 0);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
