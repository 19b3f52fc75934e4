// Debian's Chromium, and what tests do with a page again and again.
import { chromium } from "playwright-core";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const executable = process.env.IMGMILL_CHROMIUM ?? "/usr/bin/chromium";
/** While working on the page: its files from this folder (apps/web/dist) in place of those in the program. */
const page_folder = process.env.IMGMILL_PAGE ?? null;
const shots = process.env.IMGMILL_SCREENSHOTS ?? null;
/** For a loaded machine, on which workers stand back for other tests: conditions are waited for, not times. */
export const patience_ms = 60_000;

/** `more`: words for its command line. */
export const launch = (more = []) =>
  chromium.launch({ executablePath: executable, args: ["--no-sandbox", "--disable-dev-shm-usage", ...more], timeout: patience_ms });

/** A page of its own profile. What it complains about is kept in `page.complaints`. */
export const openPage = async (browser, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: "en", ...options });
  context.setDefaultTimeout(patience_ms);
  if (page_folder) {
    await context.route("**/*", (route) => {
      const path = new URL(route.request().url()).pathname;
      const file = join(page_folder, path === "/" ? "index.html" : path);
      return /^\/(assets\/|$)/.test(path) && existsSync(file) ? route.fulfill({ path: file }) : route.fallback();
    });
  }
  const page = await context.newPage();
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("console", (message) => {
    // What a lost connection does to requests is logged by the browser itself.
    if (message.type() === "error" && !/Failed to load resource|ERR_/.test(message.text())) page.complaints.push(message.text());
  });
  return page;
};

/** Opens the page and waits until it can be used. */
export const visit = async (page, server) => {
  await page.goto(server.address);
  await page.locator(".drop").waitFor();
  await page.waitForFunction(() => !document.querySelector(".skeletons"));
};

/** Drags files or folders of the disk over the page and lets go, as a file manager does. */
export const drop = async (page, paths) => {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await session.send("Input.dispatchDragEvent", { type, x: 200, y: 200, data });
  }
  await session.detach();
};

export const pick = (page, files) =>
  page.setInputFiles(
    "#pick-files",
    Object.entries(files).map(([name, buffer]) => ({ name, mimeType: "image/png", buffer })),
  );

/** Waits for what no page shows. `what` is it in words, `is` may be asked often. */
export const until = async (what, is) => {
  const end = Date.now() + patience_ms;
  while (!(await is())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** Waits for the end of the job; in vain, it says how far the page has come. */
export const finished = async (page) => {
  try {
    await page.locator(".job-head .pill.done").waitFor();
  } catch (error) {
    const seen = await page.locator("body").innerText({ timeout: 5000 }).catch(String);
    throw new Error(`${error.message}\n${page.url()} shows:\n${seen.slice(0, 1500)}\n${page.complaints.join("\n")}`);
  }
};
/** Waits until the list shows so many images of a state: it is drawn a little after the job is told to be done. */
export const rows = (page, state, count) =>
  page.waitForFunction(([name, number]) => document.querySelectorAll(`.grid-body .row.${name}`).length === number, [state, count]);
export const row = (page, name) => page.locator(".grid-body .row", { hasText: name });
export const jobId = (page) => new URL(page.url()).hash.split("/")[2];

/** Until both pictures of the comparison are there to be seen. */
export const compared = (page) =>
  page.waitForFunction(() => [...document.querySelectorAll(".stage .layer > img")].filter((image) => image.complete && image.naturalWidth > 0).length === 2);

/** What is seen at a point of the window: [red, green, blue]. */
export const colourAt = async (page, x, y) => {
  const shot = await page.screenshot({ clip: { x: Math.round(x), y: Math.round(y), width: 1, height: 1 } });
  return page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const room = new OffscreenCanvas(1, 1).getContext("2d");
    room.drawImage(picture, 0, 0);
    return [...room.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  }, shot.toString("base64"));
};

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** What axe finds serious; of some `rules`, or of all. */
export const violations = async (page, rules) => {
  // Not by a script element: the page's content policy forbids those.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  return page.evaluate(async (only) => {
    const { violations: found } = await window.axe.run(document, { resultTypes: ["violations"], ...(only ? { runOnly: only } : {}) });
    return found
      .filter((rule) => ["serious", "critical"].includes(rule.impact))
      .flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 120)} ${node.any.map((check) => check.message).join("; ")}`));
  }, rules);
};

/** A picture of the view for people to look at, when a folder for them was named. */
export const shoot = async (page, name, options = {}) => {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), animations: "disabled", ...options });
};
