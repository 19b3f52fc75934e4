// Every language, in every view, at the width of a small telephone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finished, launch, openPage, pick, row, shoot, visit } from "./support/browser.mjs";
import { brokenPng, png } from "./support/pictures.mjs";
import { Server } from "./support/server.mjs";

const languages = { en: "Settings", de: "Einstellungen", fr: "Réglages", es: "Ajustes", nl: "Instellingen", ru: "Настройки", da: "Indstillinger" };

let server;
let browser;
let job;
before(async () => {
  server = await Server.start();
  browser = await launch();
  const page = await openPage(browser);
  await visit(page, server);
  await pick(page, { "a picture with quite a long name that has to be cut.png": png(160, 120, 1), "b.png": png(90, 120, 2), "broken.png": brokenPng() });
  await finished(page);
  job = new URL(page.url()).hash;
  await page.context().close();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Elements that reach beyond the right edge, except inside of what scrolls by itself. */
const overflowing = (page) =>
  page.evaluate(() => {
    const scrolls = (element) => {
      for (let up = element; up; up = up.parentElement) if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(up).overflowX) && up !== document.documentElement && up !== document.body) return true;
      return false;
    };
    const width = document.documentElement.clientWidth;
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > width + 1 && getComputedStyle(element).visibility !== "hidden" && !scrolls(element))
      .map((element) => `${element.tagName}.${element.getAttribute("class") ?? ""}: ${element.textContent?.slice(0, 40)}`);
  });

/** Placeholders that nobody has filled in, names of sentences in place of sentences, and nothing at all. */
const unsaid = (page) =>
  page.evaluate(() => {
    const text = document.body.innerText;
    const labels = [...document.querySelectorAll("[aria-label], [title], [placeholder]")].flatMap((element) => ["aria-label", "title", "placeholder"].map((name) => element.getAttribute(name)));
    const bad = [text, ...labels].flatMap((some) => some?.match(/\{\w+\}|undefined|NaN|\b(app|drop|job|list|compare|summary|settings|word|write|lost|refused|common)\.\w+/g) ?? []);
    const mute = [...document.querySelectorAll("button, a, h1, h2")].filter((element) => !element.textContent?.trim() && !element.getAttribute("aria-label")).map((element) => element.outerHTML.slice(0, 80));
    return [...bad, ...mute];
  });

for (const [language, settings] of Object.entries(languages)) {
  test(`the page in ${language}`, async () => {
    const page = await openPage(browser, { locale: language, viewport: { width: 360, height: 740 } });
    const check = async (view) => {
      assert.deepEqual(await overflowing(page), [], `${language} ${view}`);
      assert.deepEqual(await unsaid(page), [], `${language} ${view}`);
      await shoot(page, `${view}-360-${language}`);
    };
    await visit(page, server);
    assert.equal(await page.evaluate(() => document.documentElement.lang), language);
    await page.getByRole("heading", { name: settings, exact: true }).waitFor();
    await page.locator(".history-line").first().waitFor();
    await check("start");
    await page.goto(server.origin + "/" + job);
    await finished(page);
    await page.locator(".row.done").first().waitFor();
    await check("job");
    await page.locator("#tab-summary").click();
    await page.locator(".ten li").first().waitFor();
    await check("summary");
    await page.locator("#tab-images").click();
    await row(page, "b.png").click();
    await page.locator(".divider").waitFor();
    await check("compare");
    await page.keyboard.press("Escape");
    await row(page, "broken.png").click();
    await page.locator(".center-message").waitFor();
    await check("failed");
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
}

test("the language is chosen by hand and remembered", async () => {
  const page = await openPage(browser);
  await visit(page, server);
  await page.getByRole("combobox", { name: "Language" }).selectOption("de");
  await page.getByRole("heading", { name: "Einstellungen" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Einstellungen" }).waitFor();
  await page.context().close();
});
