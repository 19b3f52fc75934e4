// The cost of the first visit, and that nothing is fetched from other hosts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage, visit } from "./support/browser.mjs";
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

for (const locale of ["en", "ru"]) {
  test(`the first visit in ${locale} stays below 150 kB, and at home`, async () => {
    const page = await openPage(browser, { locale });
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    const addresses = [];
    let bytes = 0;
    session.on("Network.requestWillBeSent", ({ request }) => addresses.push(request.url));
    session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
    await visit(page, server);
    await page.waitForLoadState("networkidle");
    assert.ok(bytes > 10_000 && bytes < 150_000, `${bytes} bytes`);
    assert.deepEqual(addresses.filter((address) => !address.startsWith(`${server.origin}/`)), []);
    assert.ok(!addresses.some((address) => address.includes(server.token)), "the key is never in an address that is sent");
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
}

test("nothing moves while the page loads", async () => {
  const page = await openPage(browser);
  await page.addInitScript(() => {
    window.moved = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.moved += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await visit(page, server);
  await page.waitForLoadState("networkidle");
  assert.ok((await page.evaluate(() => window.moved)) < 0.01);
  await page.context().close();
});
