// Tests of the window from start to end, on an invisible screen.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzip } from "../web/support/bytes.mjs";
import { plant, png } from "../web/support/pictures.mjs";
import { program, temporaryFolder } from "../web/support/server.mjs";
import { App, desktop } from "./app.mjs";
import { alive, Screen, start, until } from "./screen.mjs";

const drag_source = process.env.IMGMILL_DRAG_SOURCE ?? join(dirname(program), "tests/desktop/imgmill_drag_source");
/** True if the page is visible, judging by its green. */
const page = (seen) => seen.count(0x0b6e51) > 500;

let screen;
let app;
let docks;
const photos = join(temporaryFolder(), "photos");
before(async () => {
  plant(photos, Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`tile-${at}.png`, png(640, 480, at + 1)])));
  plant(join(photos, "..", "apart"), { "one.png": png(120, 90, 20), "two.png": png(120, 90, 21), "three.png": png(120, 90, 22) });
  screen = await Screen.start();
  docks = start("dbus-monitor", ["--session", "interface='com.canonical.Unity.LauncherEntry'"], { env: screen.environment });
  app = await App.start(screen);
});
after(() => {
  app?.process.kill("SIGKILL");
  screen?.stop();
});

test("the page is shown in a window of its own", async () => {
  const window = await screen.window("^imgmill$", app.log);
  await screen.shoot("start", page);
  screen.focus(window);
});

test("another start hands its folder over: the job runs, and the dock shows how far it is", async () => {
  assert.equal(await app.again(photos), 0);
  const job = await app.job("photos", "done");
  assert.equal(job.images, 16);
  assert.equal(job.counts.failed, 0);
  assert.equal(job.source.path, photos);
  await screen.window("^photos · imgmill$", app.log);
  await screen.shoot("job", (seen) => page(seen) && seen.colours > 1000);
  // The progress became visible, and disappeared again.
  const told = () => docks.log.split("signal time").slice(1).map((signal) => /"progress-visible"\s+variant\s+boolean (\w+)/.exec(signal)?.[1]);
  await until("the dock", () => told().includes("true") && told().at(-1) === "false", () => docks.log);
  assert.match(docks.log, /application:\/\/org\.imgmill\.Desktop\.desktop/);
});

test("files that are named become one job, and only they may be used", async () => {
  const apart = join(photos, "..", "apart");
  assert.equal(await app.again(join(apart, "one.png"), join(apart, "two.png")), 0);
  const job = await app.job("apart", "done");
  assert.equal(job.images, 2);
  const refused = await app.json(`/api/folders?path=${apart}`);
  assert.equal(refused.error.code, "forbidden_path");
});

test("a folder and files that are dropped become jobs where they lie", async () => {
  const dropped = join(photos, "..", "dropped");
  plant(dropped, { "a.png": png(160, 120, 40), "b.png": png(160, 120, 41) });
  const apart = join(photos, "..", "loose");
  plant(apart, { "c.png": png(160, 120, 42), "d.png": png(160, 120, 43) });
  const source = start(drag_source, [dropped, join(apart, "c.png")], { env: screen.environment });
  await screen.drag(await screen.window("^drag source$", () => source.log));
  const job = await app.job("dropped", "done");
  assert.equal(job.source.path, dropped);
  assert.equal(job.images, 2);
  assert.equal((await app.job("c.png", "done")).source.path, apart);
  source.kill();
  await source.ended;
  await screen.window("^dropped · imgmill$", app.log);
});

test("the system's dialog chooses a folder", async () => {
  const window = (await screen.window("· imgmill$", app.log));
  screen.focus(window);
  const chosen = join(photos, "..", "chosen");
  plant(chosen, { "a.png": png(160, 120, 30) });
  screen.keys("ctrl+o");
  const dialog = await until("the dialog", () => screen.windows(".").find((other) => other !== window), app.log);
  screen.focus(dialog);
  await screen.shoot("choose", page);
  screen.type(chosen);
  screen.keys("Return");
  await app.job("chosen", "done");
  await screen.window("^chosen · imgmill$", app.log);
});

test("what is downloaded goes where the person says", async () => {
  const window = await screen.window("^chosen · imgmill$", app.log);
  // "Download all" is the only large button in the page's green.
  const [x, y] = await until("the button", () => screen.find(0x0b6e51, 62, 30), app.log);
  screen.click(x, y);
  const dialog = await until("the dialog", () => screen.windows(".").find((other) => other !== window), app.log);
  screen.focus(dialog);
  const place = join(screen.environment.HOME, "kept.zip");
  screen.keys("ctrl+a");
  screen.type(place);
  screen.keys("Return");
  await until("the ZIP", () => existsSync(place), app.log);
  const files = await until("the whole of it", () => { try { return unzip(readFileSync(place)); } catch { return null; } }, app.log);
  assert.deepEqual([...files.keys()], ["a.png"]);
  // The page shows the path, in white on its darkest colour.
  await screen.shoot("saved", (seen) => page(seen) && seen.count(0x1b1f1d) > 5000);
});

test("when the engine is killed the window says so, and starts another", async () => {
  const before = { pid: app.enginePid, token: app.token };
  process.kill(before.pid, "SIGKILL");
  const window = await screen.window("^The engine has ended$", app.log);
  await screen.shoot("ended", (seen) => !page(seen) && seen.colours > 100);
  screen.focus(window);
  screen.keys("Return");
  await until("another engine", () => app.enginePid !== before.pid, app.log);
  await app.greet();
  // Open pages continue by themselves.
  assert.equal(app.token, before.token);
  await screen.window("^imgmill$", app.log);
  assert.equal((await app.json("/api/jobs")).jobs.length, 5);
  // And the page has reconnected.
  plant(join(photos, "..", "afterwards"), { "a.png": png(80, 60, 31) });
  assert.equal(await app.again(join(photos, "..", "afterwards")), 0);
  await app.job("afterwards", "done");
});

test("with the window the engine ends", async () => {
  const engine = app.enginePid;
  assert.ok(alive(engine));
  await screen.window("^afterwards · imgmill$", app.log);
  // The close button at the end of the title bar.
  screen.click(1152, 27);
  await until("the end of the window", () => app.process.exitCode !== null, app.log);
  assert.equal(app.process.exitCode, 0);
  assert.ok(!alive(engine));
});

test("when the window is killed the engine ends by itself", async () => {
  await app.kill();
  app = await App.start(screen);
  const engine = app.enginePid;
  await app.kill();
  await until("the end of the engine", () => !alive(engine));
});

test("an engine that does not start is told of, with its reason, and so is a missing sandbox", async () => {
  const engine = join(temporaryFolder(), "engine");
  writeFileSync(engine, "#!/bin/sh\necho 'imgmill: there is no room' >&2\nexit 1\n", { mode: 0o755 });
  const window = start(desktop, ["--engine", engine], { env: { ...screen.environment, PATH: "/nowhere" } });
  await screen.window("^The engine has ended$", () => window.log);
  assert.match(window.log, /there is no room/);
  assert.match(window.log, /WebKit runs without its sandbox here: bubblewrap is not installed/);
  window.kill("SIGTERM");
  await until("the end of the window", () => window.exitCode !== null, () => window.log);
  assert.equal(window.exitCode, 0);
  // In the system's language; the log stays English.
  const german = start(desktop, ["--engine", engine], { env: { ...screen.environment, PATH: "/nowhere", LC_ALL: "C.UTF-8", LANGUAGE: "de:en" } });
  await screen.window("^Die Engine ist beendet$", () => german.log);
  await until("the words in the log", () => /The engine has ended: .*there is no room/.test(german.log), () => german.log);
  await screen.shoot("ended-de", (seen) => !page(seen) && seen.colours > 100);
  german.kill("SIGTERM");
  await until("the end of the window", () => german.exitCode !== null, () => german.log);
});
