// The comparison of two pictures shows the real pictures, in each of its modes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { colourAt, compared, finished, jobId, launch, openPage, pick, row, shoot, violations, visit } from "./support/browser.mjs";
import { apng, gif } from "./support/animations.mjs";
import { clearPng, png } from "./support/pictures.mjs";
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

const red = [255, 0, 0];
const opened = async (files, name, options = {}) => {
  const page = await openPage(browser, options);
  await visit(page, server);
  await options.prepare?.(page);
  await pick(page, files);
  await finished(page);
  await row(page, name).click();
  return page;
};
const shapes = (page) => page.locator(".stage .layer > img").evaluateAll((images) => images.map((image) => image.style.transform));
const choose = (page, name) => page.getByRole("radio", { name, exact: true }).check({ force: true });

test("before is not seen through what is transparent after, nor the other way", async () => {
  // Artificial pictures that differ everywhere: fully transparent, and all red.
  const nothing = clearPng(400, 300, () => [0, 0, 0, 0]);
  const all_red = clearPng(400, 300, () => [...red, 255]);
  for (const [original, output, red_side] of [
    [nothing, all_red, "after"],
    [all_red, nothing, "before"],
  ]) {
    const page = await opened({ "clear.png": png(400, 300, 3) }, "clear.png", {
      prepare: (fresh) => fresh.route(/\/view\?of=/, (route) => route.fulfill({ body: route.request().url().includes("of=original") ? original : output, contentType: "image/png" })),
    });
    await compared(page);
    const box = await page.locator(".stage .before img").boundingBox();
    const at = { before: [box.x + box.width * 0.25, box.y + box.height * 0.7], after: [box.x + box.width * 0.75, box.y + box.height * 0.7] };
    const clear_side = red_side === "before" ? "after" : "before";
    assert.deepEqual(await colourAt(page, ...at[red_side]), red);
    assert.notDeepEqual(await colourAt(page, ...at[clear_side]), red);
    const divider = page.getByRole("slider", { name: "Divider between before and after" });
    await divider.press(red_side === "after" ? "End" : "Home");
    for (const side of ["before", "after"]) assert.notDeepEqual(await colourAt(page, ...at[side]), red, `${side} with the divider beyond`);
    await divider.press(red_side === "after" ? "Home" : "End");
    for (const side of ["before", "after"]) assert.deepEqual(await colourAt(page, ...at[side]), red, side);
    await shoot(page, `transparent-${red_side}`);
    await page.context().close();
  }
});

test("that a picture is coming can be seen, and nothing lies over it", async () => {
  let go_on;
  const wanted = new Promise((resolve) => (go_on = resolve));
  const page = await opened({ "slow.png": png(300, 200, 5) }, "slow.png", {
    prepare: (fresh) =>
      fresh.route(/\/view\?of=output/, async (route) => {
        await wanted;
        await route.fallback();
      }),
  });
  const wait = page.locator(".stage-wait");
  await wait.getByText("Loading").waitFor();
  assert.equal(await page.locator(".divider").count(), 0);
  const over = await wait.locator(".ring").evaluate((ring) => {
    const { left, top, width, height } = ring.getBoundingClientRect();
    // The topmost element is found by position; clicks pass through the ring, so this ignores that.
    document.querySelectorAll(".stage, .stage *").forEach((element) => (element.style.pointerEvents = "auto"));
    const found = document.elementFromPoint(left + width / 2, top + height / 2);
    return found === ring || ring.parentElement === found;
  });
  assert.ok(over, "something covers the ring");
  assert.deepEqual(await violations(page, ["color-contrast"]), []);
  await shoot(page, "loading");
  go_on();
  await page.locator(".divider").waitFor();
  assert.equal(await wait.count(), 0);
  await page.context().close();
});

test("the heat map of an image that was resized lies where the picture is", async () => {
  const page = await opened({ "large.png": png(800, 600, 7) }, "large.png", {
    prepare: async (fresh) => {
      await fresh.getByRole("combobox", { name: "Format" }).selectOption("webp");
      await fresh.getByRole("combobox", { name: "Size" }).selectOption("longest");
      await fresh.getByRole("spinbutton", { name: "Pixels" }).fill("400");
    },
  });
  await compared(page);
  await page.locator(".details dd").first().getByText("800 × 600 → 400 × 300").waitFor();
  await page.getByText(/^The score says how alike/).waitFor();
  await page.getByRole("switch", { name: "Heat map" }).check();
  await page.waitForFunction(() => (document.querySelector(".map img")?.naturalWidth ?? 0) > 0);
  const [map, before_] = await Promise.all([".map", ".stage .before img"].map((name) => page.locator(name).boundingBox()));
  assert.deepEqual(map, before_);
  // A variant at another quality is also compared at its own size.
  await page.getByRole("button", { name: /^Small 60/ }).click();
  await page.locator(".quality[aria-pressed=true]", { hasText: "Small 60" }).waitFor();
  await page.waitForFunction(() => (document.querySelector(".map img")?.naturalWidth ?? 0) > 0);
  assert.equal(await page.locator(".toast.bad").count(), 0);
  await shoot(page, "map-resized");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("one image gets another format, and the list and the ZIP name it so", async () => {
  const page = await opened({ "hills.png": png(320, 240, 4), "valley.png": png(200, 150, 5) }, "hills.png");
  await compared(page);
  await page.locator(".qualities").getByRole("combobox", { name: "Format" }).selectOption("webp");
  // It is tried at once, at the quality of the job.
  await page.locator(".quality[aria-pressed=true]", { hasText: "WebP" }).waitFor();
  await page.locator(".details").getByText("PNG → WebP").waitFor();
  await page.getByRole("button", { name: "Use this one" }).click();
  await page.getByText("This image now uses it.").waitFor();
  const job = jobId(page);
  const index = Number(page.url().split("/").pop());
  const changed = await server.json(`/api/jobs/${job}/images/${index}`);
  assert.deepEqual([changed.format, changed.output_name, changed.settings.outputFormat], ["webp", "hills.webp", "webp"]);
  assert.ok(changed.score >= 80);
  const other = await server.json(`/api/jobs/${job}/images/${1 - index}`);
  assert.equal(other.format, "png");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("side by side both move together, in an upright window above each other", async () => {
  const page = await opened({ "hills.png": png(900, 700, 4) }, "hills.png");
  await compared(page);
  await choose(page, "Side by side");
  const stage = await page.locator(".stage").boundingBox();
  const boxes = async () => Promise.all(["before", "after"].map((name) => page.locator(`.stage .${name} img`).boundingBox()));
  let [left, right] = await boxes();
  assert.ok(Math.abs(right.x - left.x - stage.width / 2) < 0.6 && Math.abs(left.y - right.y) < 0.6, JSON.stringify([left, right, stage]));
  assert.ok(left.x + left.width <= stage.x + stage.width / 2);
  assert.equal(await page.locator(".divider").count(), 0);
  // Zooming over the right one keeps the same point under the pointer in both.
  await page.mouse.move(stage.x + stage.width * 0.75, stage.y + stage.height / 2);
  await page.mouse.wheel(0, -600);
  await page.waitForFunction(() => new DOMMatrix(getComputedStyle(document.querySelector(".stage .before img")).transform).a > 1);
  const [first, second] = await shapes(page);
  assert.equal(first, second);
  await page.mouse.down();
  await page.mouse.move(stage.x + stage.width * 0.75 - 60, stage.y + stage.height / 2 + 20, { steps: 3 });
  await page.mouse.up();
  const [third, fourth] = await shapes(page);
  assert.equal(third, fourth);
  assert.notEqual(third, first);
  // The mode is kept for the next image and after a reload.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await compared(page);
  [left, right] = await boxes();
  assert.ok(right.y > left.y + left.height && Math.abs(left.x - right.x) < 0.6, JSON.stringify([left, right]));
  await shoot(page, "sides-390");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a flicker shows one after the other, and stops and flips by hand", async () => {
  const page = await opened({ "hills.png": png(300, 200, 4) }, "hills.png");
  await compared(page);
  await choose(page, "Flicker");
  const seen = () => page.evaluate(() => ["before", "after"].filter((name) => getComputedStyle(document.querySelector(`.stage .layer.${name}`)).visibility === "visible").join());
  const turns = (from) => page.waitForFunction((name) => getComputedStyle(document.querySelector(`.stage .layer.${name}`)).visibility === "hidden", from);
  const first = await seen();
  assert.match(first, /^(before|after)$/);
  await turns(first);
  assert.match(await page.locator(".stage .tag").innerText(), (await seen()) === "before" ? /^Before/ : /^After/);
  await page.getByRole("button", { name: "Stop flickering" }).click();
  const held = await seen();
  await page.waitForTimeout(1500);
  assert.equal(await seen(), held);
  await page.locator(".stage").press(" ");
  assert.notEqual(await seen(), held);
  await page.getByRole("button", { name: "Flip between before and after" }).click();
  assert.equal(await seen(), held);
  assert.deepEqual(page.complaints, []);
  await page.context().close();

  // Users who prefer reduced motion alternate by hand from the start.
  const calm = await opened({ "hills.png": png(300, 200, 4) }, "hills.png", { reducedMotion: "reduce" });
  await compared(calm);
  await choose(calm, "Flicker");
  await calm.getByRole("button", { name: "Let it flicker" }).waitFor();
  await calm.context().close();
});

test("animations stay what they are where a format has no room for them, and the first frame is offered", async () => {
  const frames = [1, 2, 3].map((colour) => ({ colour, delay: 20 }));
  const files = { "moves.gif": gif({ width: 60, height: 40, again: 0 }, frames), "moves.png": apng({ width: 60, height: 40 }, frames), "still.png": png(60, 40, 2) };
  const page = await opened(files, "moves.gif", { prepare: (fresh) => fresh.getByRole("combobox", { name: "Format" }).selectOption("jpeg") });
  const job = jobId(page);
  const { images } = await server.json(`/api/jobs/${job}/images?offset=0&limit=10`);
  const told = Object.fromEntries(images.map((image) => [image.name, [image.error, image.format, image.frames]]));
  assert.deepEqual(told, { "moves.gif": [null, "gif", 3], "moves.png": [null, "png", 3], "still.png": [null, "jpeg", 1] });
  await compared(page);
  await page.locator(".notes").getByText(/^it stays gif: /).waitFor();
  await page.getByRole("switch", { name: "First frame only" }).check();
  await page.locator(".quality[aria-pressed=true]", { hasText: "JPEG" }).waitFor();
  await page.getByRole("button", { name: "Use this one" }).click();
  await page.getByText("This image now uses it.").waitFor();
  const index = Number(page.url().split("/").pop());
  const first = await server.json(`/api/jobs/${job}/images/${index}`);
  assert.deepEqual([first.output_name, first.format, first.frames], ["moves.jpg", "jpeg", 1]);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
