// A bad connection between browser and server: at the server's port of 127.0.0.2, which the browser is made to take for
// localhost, so that Host and Origin stay those that the server answers to.
import { createServer, connect } from "node:net";

export const for_proxy = ["--host-resolver-rules=MAP localhost 127.0.0.2"];

const request_line = /^(GET|PUT|POST|DELETE) (\S+) HTTP/;

export class Proxy {
  /** Stands in front of `server`. */
  static async start(server) {
    const proxy = new Proxy();
    proxy.port = server.port;
    proxy.address = `http://localhost:${server.port}/#token=${server.token}`;
    proxy.listener = createServer({ pauseOnConnect: true }, (client) => proxy.take(client));
    await new Promise((resolve, reject) => proxy.listener.once("error", reject).listen(server.port, "127.0.0.2", resolve));
    return proxy;
  }

  pairs = new Set();
  up = true;
  /** Uploads that are held in the middle, and after how many bytes of each; Infinity lets all through. */
  held = new Set();
  hold_after = Infinity;
  /** Of requests whose line this is true of nothing reaches the server, and nobody is told. */
  swallows = () => false;

  take(client) {
    if (!this.up) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(this.port, "127.0.0.1");
    const pair = { client, upstream, sent: null, lost: false };
    this.pairs.add(pair);
    const end = () => {
      client.destroy();
      upstream.destroy();
      this.pairs.delete(pair);
      this.held.delete(pair);
    };
    for (const socket of [client, upstream]) socket.on("error", end).on("close", end);
    client.on("data", (bytes) => this.pass(pair, bytes));
    client.on("drain", () => upstream.resume());
    upstream.on("drain", () => this.held.has(pair) || client.resume());
    upstream.on("data", (bytes) => client.write(bytes) || upstream.pause());
    client.resume();
  }

  pass(pair, bytes) {
    // Browsers begin a request with a write of its own.
    const line = request_line.exec(bytes.toString("latin1", 0, 2048))?.[0];
    if (line) {
      pair.sent = line.startsWith("PUT") ? 0 : null;
      pair.lost ||= this.swallows(line);
    }
    if (pair.lost) return;
    if (pair.sent !== null) pair.sent += bytes.length;
    if (!pair.upstream.write(bytes)) pair.client.pause();
    if (pair.sent !== null && pair.sent > this.hold_after) {
      pair.client.pause();
      this.held.add(pair);
    }
  }

  /** Cuts every connection, and refuses others until `mend`. */
  cut() {
    this.up = false;
    for (const { client, upstream } of this.pairs) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    }
  }

  mend(hold_after = Infinity) {
    this.hold_after = hold_after;
    this.up = true;
  }

  stop() {
    this.cut();
    return new Promise((resolve) => this.listener.close(resolve));
  }
}
