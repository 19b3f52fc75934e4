// Simulates a bad connection between browser and server. The proxy listens on the server's port at
// 127.0.0.2, which the browser resolves as localhost, so that Host and Origin stay those that the
// server accepts.
import { createServer, connect } from "node:net";

export const for_proxy = ["--host-resolver-rules=MAP localhost 127.0.0.2"];

const request_line = /^(GET|PUT|POST|DELETE) (\S+) HTTP/;

export class Proxy {
  /** Starts a proxy for `server`. */
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
  /**
   * Uploads that are held, and the number of bytes of each after which they are; Infinity lets all
   * through.
   */
  held = new Set();
  hold_after = Infinity;
  /** Requests whose request line satisfies this never reach the server, and get no answer. */
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
    // Browsers send the start of a request in a separate write.
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

  /** Cuts every connection, and refuses new ones until `mend`. */
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
