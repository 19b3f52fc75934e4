// The server dies and comes back while the page is open, with the same token or another.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finished, jobId, launch, openPage, pick, row, rows, shoot, until, visit } from "./support/browser.mjs";
import { png } from "./support/pictures.mjs";
import { Server } from "./support/server.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("the server is killed, started again, and the page goes on by itself", async () => {
  const first = await Server.start();
  const page = await openPage(browser);
  await visit(page, first);
  await pick(page, { "a.png": png(120, 90, 1), "b.png": png(120, 90, 2) });
  await finished(page);

  await first.stop("SIGKILL");
  const alert = page.getByRole("alert").getByText("The server has ended");
  await alert.waitFor();
  await shoot(page, "lost");
  // Known images stay visible.
  await rows(page, "done", 2);

  const second = await Server.start({ workspace: first.workspace, port: first.port });
  assert.equal(second.token, first.token);
  await alert.waitFor({ state: "detached" });
  await finished(page);
  await rows(page, "done", 2);

  // The stream works again: a retry is reported.
  await row(page, "a.png").click();
  await page.keyboard.press("Escape");
  const { images } = await second.json(`/api/jobs/${jobId(page)}/images?offset=0&limit=10`);
  assert.equal(images.length, 2);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
  await second.stop();
});

test("a server with another key is let in by its address", async () => {
  const first = await Server.start();
  const page = await openPage(browser);
  await visit(page, first);
  await pick(page, { "a.png": png(120, 90, 1), "b.png": png(120, 90, 2) });
  await finished(page);
  await first.stop("SIGKILL");
  const second = await Server.start({ workspace: first.workspace, port: first.port, words: ["--new-token"] });
  assert.notEqual(second.token, first.token);
  await page.getByRole("heading", { name: "This page has no key to the server" }).waitFor();
  await shoot(page, "refused");

  const address = page.getByRole("textbox", { name: "Address that imgmill serve printed" });
  await address.fill(first.address);
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByText("This is not the address of the server that runs now.").waitFor();
  await address.fill(second.address);
  await page.getByRole("button", { name: "Open" }).click();
  await finished(page);
  await rows(page, "done", 2);
  await page.context().close();
  await second.stop();
});

test("a job that the server's end has interrupted goes on with its rest", async () => {
  const first = await Server.start();
  const page = await openPage(browser);
  await visit(page, first);
  await page.getByRole("combobox", { name: "Format" }).selectOption("avif");
  await pick(page, Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`tile-${at}.png`, png(480, 360, 40 + at, 60)])));
  await page.locator(".row.done").first().waitFor();
  // Files that are not sent by then would be missing afterwards.
  await until("the last upload", async () => (await first.json(`/api/jobs/${jobId(page)}`)).state === "running");
  await first.stop("SIGKILL");
  await page.getByRole("alert").waitFor();
  const second = await Server.start({ workspace: first.workspace, port: first.port });
  // The printed address, opened in this tab.
  await page.goto(second.address);
  await page.locator(".history-line a").first().click();
  await page.locator(".job-head .pill.interrupted").waitFor();
  await page.locator(".row.done").first().waitFor();
  // From the server: the page draws only the visible rows.
  const { counts } = await second.json(`/api/jobs/${jobId(page)}`);
  assert.ok(counts.done > 0 && counts.done < 12, JSON.stringify(counts));
  await page.getByRole("button", { name: "Go on with the rest" }).click();
  await finished(page);
  assert.equal((await second.json(`/api/jobs/${jobId(page)}`)).counts.done, 12);
  await page.context().close();
  await second.stop();
});

test("without a key the page says where to find it, and takes the key out of the address", async () => {
  const server = await Server.start();
  const stranger = await openPage(browser);
  await stranger.goto(server.origin);
  await stranger.getByRole("heading", { name: "This page has no key to the server" }).waitFor();
  await stranger.context().close();

  const page = await openPage(browser);
  await visit(page, server);
  assert.ok(!page.url().includes(server.token));
  // Another tab of the same browser, and a reload, need no address again.
  await page.reload();
  await page.locator(".drop").waitFor();
  const other = await page.context().newPage();
  await other.goto(server.origin);
  await other.locator(".drop").waitFor();
  await page.context().close();
  await server.stop();
});
