// The real program, started as a user would.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
export const program = process.env.IMGMILL_PROGRAM ?? join(root, "build/release/imgmill");

/** A temporary folder, removed when the process ends. */
export const temporaryFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "imgmill-web-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export class Server {
  /** @param {{workspace?: string, port?: number, roots?: string[], words?: string[]}} [how] */
  static async start({ workspace = temporaryFolder(), port = 0, roots = [], words = [] } = {}) {
    const server = new Server();
    server.workspace = workspace;
    const allowed = roots.flatMap((folder) => ["--root", folder]);
    const child = spawn(program, ["serve", "--port", String(port), "--workspace", workspace, "--json", ...allowed, ...words], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    server.child = child;
    server.log = "";
    child.stderr.on("data", (data) => (server.log += data));
    server.address = await new Promise((resolve, reject) => {
      let out = "";
      child.stdout.on("data", (data) => {
        out += data;
        const found = /http:\/\/[\w.:]+\/#token=[\w.~+/=-]+/.exec(out);
        if (found) resolve(found[0]);
      });
      child.once("error", reject);
      child.once("exit", (code, signal) => reject(new Error(`imgmill serve ended (${code ?? signal}): ${out}${server.log}`)));
    });
    const url = new URL(server.address);
    server.origin = url.origin;
    server.port = Number(url.port);
    server.token = url.hash.slice("#token=".length);
    child.once("exit", () => running.delete(child));
    return server;
  }

  /** Stops it; SIGKILL simulates a power cut. */
  async stop(signal = "SIGTERM") {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill(signal);
    await ended;
  }

  async get(path) {
    return fetch(this.origin + path, { headers: { Authorization: `Bearer ${this.token}` } });
  }

  async json(path) {
    return (await this.get(path)).json();
  }
}
