// Debian's Chromium, and common operations on the page.
import { chromium } from "playwright-core";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const executable = process.env.IMGMILL_CHROMIUM ?? "/usr/bin/chromium";
/**
 * For development of the page: serves its files from this folder (apps/web/dist) instead of the
 * program's.
 */
const page_folder = process.env.IMGMILL_PAGE ?? null;
const shots = process.env.IMGMILL_SCREENSHOTS ?? null;
/**
 * For slow machines, where other tests take the cores: tests wait for conditions, not for times.
 */
export const patience_ms = 60_000;

/** `more`: additional command line arguments. */
export const launch = (more = []) =>
  chromium.launch({ executablePath: executable, args: ["--no-sandbox", "--disable-dev-shm-usage", ...more], timeout: patience_ms });

/** Opens a page with its own profile. Its errors are collected in `page.complaints`. */
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
    // The browser itself logs requests that fail because of a lost connection.
    if (message.type() === "error" && !/Failed to load resource|ERR_/.test(message.text())) page.complaints.push(message.text());
  });
  return page;
};

/** Opens the page and waits until it is usable. */
export const visit = async (page, server) => {
  await page.goto(server.address);
  await page.locator(".drop").waitFor();
  await page.waitForFunction(() => !document.querySelector(".skeletons"));
};

/** Drags files or folders on disk over the page and drops them, like a file manager. */
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

/** Waits for a condition outside the page. `what` describes it, `is` is polled. */
export const until = async (what, is) => {
  const end = Date.now() + patience_ms;
  while (!(await is())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** Waits for the end of the job; on a timeout, reports how far the page has come. */
export const finished = async (page) => {
  try {
    await page.locator(".job-head .pill.done").waitFor();
  } catch (error) {
    const seen = await page.locator("body").innerText({ timeout: 5000 }).catch(String);
    throw new Error(`${error.message}\n${page.url()} shows:\n${seen.slice(0, 1500)}\n${page.complaints.join("\n")}`);
  }
};
/**
 * Waits until the list shows `count` images of a state: it is drawn shortly after the job is
 * reported done.
 */
export const rows = (page, state, count) =>
  page.waitForFunction(([name, number]) => document.querySelectorAll(`.grid-body .row.${name}`).length === number, [state, count]);
export const row = (page, name) => page.locator(".grid-body .row", { hasText: name });
export const jobId = (page) => new URL(page.url()).hash.split("/")[2];

/** Waits until both pictures of the comparison are visible. */
export const compared = (page) =>
  page.waitForFunction(() => [...document.querySelectorAll(".stage .layer > img")].filter((image) => image.complete && image.naturalWidth > 0).length === 2);

/** The colour at a point of the window: [red, green, blue]. */
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
/** The serious problems that axe finds, with some `rules` or with all. */
export const violations = async (page, rules) => {
  // Not with a script element: the page's content security policy forbids those.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  return page.evaluate(async (only) => {
    const { violations: found } = await window.axe.run(document, { resultTypes: ["violations"], ...(only ? { runOnly: only } : {}) });
    return found
      .filter((rule) => ["serious", "critical"].includes(rule.impact))
      .flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 120)} ${node.any.map((check) => check.message).join("; ")}`));
  }, rules);
};

/** Saves a screenshot of the view for review, if a folder for them is set. */
export const shoot = async (page, name, options = {}) => {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), animations: "disabled", ...options });
};
