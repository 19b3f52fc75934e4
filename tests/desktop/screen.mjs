// An invisible screen with its own session bus, and access to what it shows.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pngOf } from "../web/support/pictures.mjs";
import { temporaryFolder } from "../web/support/server.mjs";

/** For slow machines: tests wait for conditions, not for times. */
export const patience_ms = 30_000;
const shots = process.env.IMGMILL_SCREENSHOTS ?? null;
const started = new Set();
process.on("exit", () => {
  for (const child of started) child.kill("SIGKILL");
});

export const start = (program, words, options = {}) => {
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], ...options });
  child.log = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (child.log += data));
  child.ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? code)));
  child.once("exit", () => started.delete(child));
  started.add(child);
  return child;
};

/** Returns the result of `look` as soon as it is truthy. */
export const until = async (what, look, log = () => "") => {
  const end = Date.now() + patience_ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}\n${log()}`);
    await sleep(50);
  }
};

export const alive = (pid) => {
  try {
    process.kill(pid, 0);
    // A zombie is not alive.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

/** Decodes Xvfb's frame buffer file: an X window dump (XWDFile.h of X11) of 32 bits per pixel. */
const pixelsOf = (dump) => {
  const field = (at) => dump.readUInt32BE(at * 4);
  const [header, width, height, bits, line, colours] = [field(0), field(4), field(5), field(11), field(12), field(19)];
  if (bits !== 32) throw new Error(`${bits} bits a pixel`);
  const little = field(7) === 0;
  const first = header + colours * 12;
  const rows = Buffer.alloc((width * 3 + 1) * height);
  const seen = new Map();
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    rows[at++] = 0;
    for (let x = 0; x < width; x += 1) {
      const from = first + y * line + x * 4;
      const value = little ? dump.readUInt32LE(from) : dump.readUInt32BE(from);
      seen.set(value & 0xffffff, (seen.get(value & 0xffffff) ?? 0) + 1);
      rows[at++] = (value >> 16) & 255;
      rows[at++] = (value >> 8) & 255;
      rows[at++] = value & 255;
    }
  }
  return { width, height, rows, colours: seen.size, count: (colour) => seen.get(colour) ?? 0 };
};

export class Screen {
  static async start() {
    const screen = new Screen();
    screen.folder = temporaryFolder();
    // Xvfb reports the number of the screen on a descriptor. -noreset: otherwise it would reset
    // when its last client has gone, and refuse the next one meanwhile.
    screen.server = start("Xvfb", ["-noreset", "-displayfd", "3", "-screen", "0", "1500x900x24", "-nolisten", "tcp", "-fbdir", screen.folder], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    let number = "";
    screen.server.stdio[3].on("data", (data) => (number += data));
    await until("Xvfb", () => number.endsWith("\n"), () => screen.server.log);
    screen.bus = start("dbus-daemon", ["--session", "--nofork", "--nopidfile", "--print-address=1"]);
    await until("the bus", () => screen.bus.log.includes("\n"), () => screen.bus.log);
    screen.environment = {
      PATH: process.env.PATH,
      HOME: join(screen.folder, "home"),
      DISPLAY: `:${number.trim()}`,
      DBUS_SESSION_BUS_ADDRESS: screen.bus.log.split("\n")[0],
      LANG: "C.UTF-8",
      LANGUAGE: "en",
      GDK_BACKEND: "x11",
      GSK_RENDERER: "cairo",
      GTK_A11Y: "none",
      // Without a graphics card, WebKit would use a software renderer: 10 s for the page instead of
      // 3.
      WEBKIT_DISABLE_DMABUF_RENDERER: "1",
      XDG_RUNTIME_DIR: join(screen.folder, "run"),
    };
    for (const name of ["HOME", "XDG_RUNTIME_DIR"]) mkdirSync(screen.environment[name], { mode: 0o700 });
    return screen;
  }

  stop() {
    this.bus.kill();
    this.server.kill();
  }

  run(program, ...words) {
    return spawnSync(program, words, { env: this.environment, encoding: "utf8", timeout: 10_000 }).stdout.trim();
  }

  /** The visible windows whose title matches a regular expression. */
  windows(title) {
    return this.run("xdotool", "search", "--onlyvisible", "--name", title).split("\n").filter(Boolean);
  }

  async window(title, log) {
    return (await until(`a window with the title ${title}`, () => { const found = this.windows(title); return found.length > 0 ? found : null; }, log))[0];
  }

  /** There is no window manager to give a window the keyboard focus. */
  focus(window) {
    this.run("xdotool", "windowfocus", "--sync", window);
  }

  keys(...keys) {
    this.run("xdotool", "key", "--delay", "60", ...keys);
  }

  type(text) {
    this.run("xdotool", "type", "--delay", "10", text);
  }

  click(x, y) {
    this.run("xdotool", "mousemove", String(x), String(y), "click", "1");
  }

  /** The middle of the first run of at least `height` pixels of a colour in column `x`. */
  find(colour, x, height) {
    const { width, height: bottom, rows } = this.look();
    let run = 0;
    for (let y = 0; y < bottom; y += 1) {
      const at = y * (width * 3 + 1) + 1 + x * 3;
      const same = rows.readUIntBE(at, 3) === colour;
      if (!same && run >= height) return [x, y - Math.floor(run / 2)];
      run = same ? run + 1 : 0;
    }
    return null;
  }

  /** Moves a window beside the others and drags from it in small steps, as a user does. */
  async drag(from) {
    this.run("xdotool", "windowmove", "--sync", from, "1250", "300");
    await sleep(300);
    this.run("xdotool", "mousemove", "1350", "420", "mousedown", "1");
    for (let x = 1330; x >= 600; x -= 40) {
      this.run("xdotool", "mousemove", String(x), "430");
      await sleep(20);
    }
    // A target that is slow to notice the drag still sees movement.
    for (let turn = 0; turn < 12; turn += 1) {
      this.run("xdotool", "mousemove", String(600 + (turn % 2) * 3), "430");
      await sleep(100);
    }
    this.run("xdotool", "mouseup", "1");
  }

  look() {
    return pixelsOf(readFileSync(join(this.folder, "Xvfb_screen0")));
  }

  /**
   * Waits until `there` accepts the screen and it stays the same for a while; saves a screenshot.
   */
  async shoot(name, there) {
    let before = null;
    const seen = await until(`something to see (${name})`, async () => {
      const now = this.look();
      const settled = before !== null && there(now) && now.rows.equals(before);
      before = now.rows;
      if (!settled) await sleep(250);
      return settled ? now : null;
    }, () => `${this.look().colours} colours`);
    if (shots) {
      mkdirSync(shots, { recursive: true });
      writeFileSync(join(shots, `desktop-${name}.png`), pngOf(seen, 3));
    }
    return seen;
  }
}
