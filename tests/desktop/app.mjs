// Runs imgmill-desktop as a user would, with the real engine.
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { program, temporaryFolder } from "../web/support/server.mjs";
import { start, until } from "./screen.mjs";

export const desktop = process.env.IMGMILL_DESKTOP ?? join(dirname(program), "imgmill-desktop");

/** A wrapper around the real engine that records its output. */
const toldEngine = () => {
  const folder = temporaryFolder();
  const script = join(folder, "engine");
  writeFileSync(script, `#!/bin/bash\n: > ${folder}/said\necho $$ > ${folder}/pid\nexec ${program} "$@" > >(exec tee ${folder}/said)\n`);
  chmodSync(script, 0o755);
  return { script, folder };
};

export class App {
  /** @param {import("./screen.mjs").Screen} screen */
  static async start(screen, ...words) {
    const app = new App();
    app.screen = screen;
    app.engine = toldEngine();
    app.process = start(desktop, ["--engine", app.engine.script, ...words], { env: screen.environment });
    await app.greet();
    return app;
  }

  get log() {
    return () => this.process.log;
  }

  get enginePid() {
    return Number(readFileSync(join(this.engine.folder, "pid"), "utf8"));
  }

  /** Waits for the engine's address. */
  async greet() {
    const said = join(this.engine.folder, "said");
    const line = await until("the engine", () => existsSync(said) && readFileSync(said, "utf8").split("\n").slice(0, -1)[0], this.log);
    Object.assign(this, JSON.parse(line));
  }

  /** Starts the program again: it passes on its arguments and ends. */
  async again(...words) {
    return start(desktop, words, { env: this.screen.environment }).ended;
  }

  async kill() {
    this.process.kill("SIGKILL");
    await this.process.ended;
  }

  async json(path) {
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, { headers: { Authorization: `Bearer ${this.token}` } });
    return answer.json();
  }

  /** Waits until the job of that name has that state. */
  async job(name, state) {
    return until(`the job ${name} to be ${state}`, async () => (await this.json("/api/jobs")).jobs.find((job) => job.name === name && job.state === state), this.log);
  }
}
