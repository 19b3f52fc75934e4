// Accessibility: axe in every view, light and dark; a whole job using only the keyboard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finished, launch, openPage, pick, row, shoot, violations, visit } from "./support/browser.mjs";
import { brokenPng, png } from "./support/pictures.mjs";
import { Server, temporaryFolder } from "./support/server.mjs";

let server;
let browser;
before(async () => {
  server = await Server.start({ roots: [temporaryFolder()] });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const width of [1280, 360]) {
  test(`nothing serious in any view, light or dark, ${width} px`, async () => {
    const page = await openPage(browser, { viewport: { width, height: width > 500 ? 860 : 740 }, reducedMotion: "reduce" });
    const check = async (view) => {
      await page.emulateMedia({ colorScheme: "dark" });
      await shoot(page, `${view}-${width}-dark`);
      // Only the colours differ.
      assert.deepEqual(await violations(page, ["color-contrast"]), [], `${view}, dark`);
      await page.emulateMedia({ colorScheme: "light" });
      await shoot(page, `${view}-${width}-light`);
      assert.deepEqual(await violations(page), [], view);
    };
    await visit(page, server);
    await check("start");
    await page.getByRole("button", { name: "Save as a preset" }).click();
    await page.getByRole("textbox", { name: "Name of the preset" }).fill("Mine");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("switch", { name: "Lossless" }).check();
    await check("start-lossless");
    await page.getByRole("button", { name: "Just smaller" }).click();
    await page.getByRole("button", { name: "Choose a folder" }).click();
    await page.locator(".folders li").first().waitFor();
    await check("local-folder");
    await page.keyboard.press("Escape");
    await pick(page, { "a.png": png(320, 240, 1), "b.png": png(240, 320, 2), "c.png": png(200, 150, 3), "broken.png": brokenPng() });
    await finished(page);
    await check("job");
    await page.getByText("Report", { exact: true }).click();
    await check("report-menu");
    await page.keyboard.press("Escape");
    await page.locator("#tab-summary").click();
    await check("summary");
    await page.locator("#tab-images").click();
    await row(page, "a.png").click();
    await page.waitForFunction(() => document.querySelectorAll(".stage img").length === 2);
    await page.getByRole("switch", { name: "Heat map" }).check();
    await page.locator(".map img").waitFor();
    await page.getByRole("button", { name: "Try them all" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".quality.untried").length === 0);
    await check("compare");
    await page.keyboard.press("Escape");
    await row(page, "broken.png").click();
    await page.getByText("What to do:").waitFor();
    await check("failed");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Back" }).click();
    await page.locator(".history-line").first().waitFor();
    await check("history");
    await page.getByRole("button", { name: /^Delete the job/ }).first().click();
    await check("delete");
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
}

test("a whole job by keyboard", async () => {
  const page = await openPage(browser);
  await visit(page, server);
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent?.trim() ?? "");
  /** Presses Tab until the focused element has this name, and checks that the focus is visible. */
  const tabTo = async (name) => {
    for (let press = 0; press < 60; press += 1) {
      await page.keyboard.press("Tab");
      if ((await focused()).startsWith(name)) {
        const outline = await page.evaluate(() => {
          const element = document.activeElement;
          const seen = [element, element.nextElementSibling, element.querySelector(".handle")].filter(Boolean);
          return seen.some((some) => getComputedStyle(some).outlineStyle !== "none" && parseFloat(getComputedStyle(some).outlineWidth) > 0);
        });
        assert.ok(outline, `the focus on ${name} cannot be seen`);
        return;
      }
    }
    assert.fail(`Tab never came to ${name}`);
  };
  // Registered early: the browser has to know that the dialog is not to be shown.
  const chosen = page.waitForEvent("filechooser");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the content");
  await page.keyboard.press("Enter");
  await tabTo("Choose images");
  await page.keyboard.press("Enter");
  const chooser = await chosen;
  await chooser.setFiles(["one", "two", "three"].map((name, at) => ({ name: `${name}.png`, mimeType: "image/png", buffer: png(160, 120, 50 + at) })));
  await finished(page);

  await tabTo("Images of this job");
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  assert.equal(await page.locator(".row[aria-selected=true]").getAttribute("aria-rowindex"), "3");
  await page.keyboard.press("Enter");
  await page.locator(".divider").waitFor();
  await tabTo("Divider between");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await page.locator(".divider").getAttribute("aria-valuenow"), "48");
  await tabTo("Small");
  await page.keyboard.press("Enter");
  await page.locator(".quality[aria-pressed=true]", { hasText: "Small" }).waitFor();
  await tabTo("Use this one");
  await page.keyboard.press("Enter");
  await page.getByText("This image now uses it.").waitFor();
  // A busy machine paints late; keys do not wait for that.
  await page.evaluate(() => {
    const { requestAnimationFrame: frame, setTimeout: later } = window;
    window.requestAnimationFrame = (callback) => later(() => frame(callback), 300);
    window.setTimeout = (callback, delay = 0, ...rest) => later(callback, delay + 300, ...rest);
  });
  await page.keyboard.press("Escape");
  // The focus is back where it was.
  assert.equal(await focused(), "Images of this job");
  assert.equal(await page.locator(".row[aria-selected=true]").getAttribute("aria-rowindex"), "3");

  await page.locator("#tab-images").focus();
  await page.keyboard.press("ArrowRight");
  await page.locator(".facts").waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("colours follow the switch, and stay", async () => {
  const page = await openPage(browser, { colorScheme: "light" });
  await visit(page, server);
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.getByRole("radio", { name: "Dark" }).check();
  assert.notEqual(await paper(), light);
  await page.reload();
  await page.locator(".drop").waitFor();
  assert.notEqual(await paper(), light);
  await page.context().close();
});
