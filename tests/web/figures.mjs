// ./run bench page: measures the page in Chromium against the real server. Prints figures and
// checks nothing.
//   --images N    images of the long job (10000)
import { launch, openPage } from "./support/browser.mjs";
import { plant, png } from "./support/pictures.mjs";
import { Server, temporaryFolder } from "./support/server.mjs";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const option = (name, otherwise) => {
  const at = process.argv.indexOf(name);
  return at > 0 ? Number(process.argv[at + 1]) : otherwise;
};
const images = option("--images", 10_000);
const rounds = option("--rounds", 5);
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const line = (name, value) => console.log(`${name.padEnd(52)} ${value}`);

const watch = () => {
  window.figures = { tasks: [], moved: 0, frames: [] };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.figures.tasks.push(entry.duration);
  }).observe({ type: "longtask", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.figures.moved += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  new MutationObserver((_, observer) => {
    if (!document.querySelector(".drop button")) return;
    observer.disconnect();
    // After two frames, the drawn elements can be clicked.
    requestAnimationFrame(() => requestAnimationFrame(() => (window.figures.usable = performance.now())));
  }).observe(document, { childList: true, subtree: true });
};

const folder = temporaryFolder();
const server = await Server.start({ roots: [folder] });
const browser = await launch();

const loads = [];
for (let round = 0; round < rounds; round += 1) {
  const page = await openPage(browser);
  await page.addInitScript(watch);
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(server.address);
  await page.waitForFunction(() => window.figures.usable !== undefined);
  await page.waitForLoadState("networkidle");
  loads.push({ bytes, ...(await page.evaluate(() => window.figures)) });
  await page.context().close();
}
line("first load, compressed, with headers", `${median(loads.map((load) => load.bytes))} bytes`);
line("usable after navigation, median", `${Math.round(median(loads.map((load) => load.usable)))} ms`);
line("layout shift while loading, worst", Math.max(...loads.map((load) => load.moved)).toFixed(4));

const files = {};
for (let at = 0; at < images; at += 1) files[`many/${String(Math.floor(at / 500)).padStart(2, "0")}/image-${at}.png`] = png(8, 8, at + 1, 200);
plant(folder, files);

const page = await openPage(browser);
await page.addInitScript(watch);
await page.goto(server.address);
await page.locator(".drop").waitFor();
const created = await fetch(`${server.origin}/api/jobs`, {
  method: "POST",
  headers: { Authorization: `Bearer ${server.token}`, "Content-Type": "application/json" },
  body: JSON.stringify({ source: { kind: "folder", path: join(folder, "many"), recursive: true } }),
});
const job = await created.json();
const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
const take = () => page.evaluate(() => {
  const { tasks, moved } = window.figures;
  window.figures.tasks = [];
  window.figures.moved = 0;
  return { tasks, moved };
});
const told = ({ tasks, moved }) => `longest task ${tasks.length ? `${Math.round(Math.max(...tasks))} ms, ${tasks.length} over 50 ms` : "below 50 ms"}; layout shift ${moved.toFixed(4)}`;
/**
 * The longest task of the page's main thread, in wall time and in CPU time, which other load does
 * not stretch.
 */
const trace = async (action) => {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  await session.send("Tracing.start", { categories: "toplevel,__metadata", transferMode: "ReportEvents" });
  const result = await action();
  const ended = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.end");
  await ended;
  await session.detach();
  const threads = new Set(events.filter((event) => event.name === "thread_name" && event.args.name === "CrRendererMain").map((event) => `${event.pid}/${event.tid}`));
  const tasks = events.filter((event) => /RunTask$/.test(event.name) && threads.has(`${event.pid}/${event.tid}`));
  const most = (field) => Math.max(0, ...tasks.map((event) => event[field] ?? 0)) / 1000;
  return { result, clock: most("dur"), core: most("tdur") };
};
/** Scrolls fast: one screen per frame, for `ms`. */
const scroll = (ms) => page.evaluate(async (length) => {
  const began = performance.now();
  let frames = 0;
  let direction = 1;
  while (performance.now() - began < length) {
    const end = document.documentElement.scrollHeight - innerHeight;
    if (scrollY >= end - 1) direction = -1;
    if (scrollY <= 0) direction = 1;
    scrollBy(0, direction * innerHeight * 0.9);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    frames += 1;
  }
  return Math.round((frames * 1000) / (performance.now() - began));
}, ms);

await take();
await page.evaluate((id) => (location.hash = `#/jobs/${id}`), job.id);
await page.locator(".row").nth(5).waitFor();
const report = async (name, action) => {
  const { result, clock, core } = await trace(action);
  const { tasks, moved } = await take();
  line(`${name}${result ? `, ${result} frames/s` : ""}`, `longest task ${clock.toFixed(0)} ms, on a core ${core.toFixed(0)} ms; ${tasks.length} over 50 ms; layout shift ${moved.toFixed(4)}`);
};
await report("scrolling while the job runs", () => scroll(5000));
const began = Date.now();
await page.waitForFunction(() => document.querySelector(".job-head .pill.done, .job-head .pill.interrupted"), undefined, { timeout: 600_000 });
line("the rest of the job", `${((Date.now() - began) / 1000).toFixed(1)} s; ${told(await take())}`);
line("server memory after it", `${memory().toFixed(0)} MiB`);
for (const sort of ["added", "saved", "name"]) {
  await page.locator(".toolbar select").selectOption(sort);
  await report(`scrolling ${images} images by ${sort}`, () => scroll(4000));
}
await page.reload();
await page.locator(".row").nth(5).waitFor();
await page.waitForFunction((count) => document.querySelector(".grid")?.getAttribute("aria-rowcount") === String(count + 1), images);
line(`opening a job of ${images} images`, told(await take()));
line("server memory at the end", `${memory().toFixed(0)} MiB`);
await browser.close();
await server.stop();
