// Every language in every view, at the width of a small phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finished, jobId, launch, openPage, pick, row, shoot, visit } from "./support/browser.mjs";
import { brokenPng, png } from "./support/pictures.mjs";
import { Server } from "./support/server.mjs";

const languages = { en: "Settings", de: "Einstellungen", fr: "Réglages", es: "Ajustes", nl: "Instellingen", ru: "Настройки", da: "Indstillinger" };
/**
 * The messages for a damaged image, a file that is not an image, an empty file, and a deleted job.
 */
const reasons = {
  en: ["The file is damaged.", "This is not an image that imgmill knows.", /^Something about it is not right/, "It is no longer there."],
  de: ["Die Datei ist beschädigt.", "Das ist kein Bild, das imgmill kennt.", /^Daran stimmt etwas nicht/, "Das ist nicht mehr da."],
  fr: ["Le fichier est endommagé.", "Ce n’est pas une image qu’imgmill connaît.", /^Quelque chose ne va pas/, "Cela n’est plus là."],
  es: ["El archivo está dañado.", "No es una imagen que imgmill conozca.", /^Algo no está bien/, "Ya no está ahí."],
  nl: ["Het bestand is beschadigd.", "Dit is geen afbeelding die imgmill kent.", /^Er klopt iets niet/, "Het is er niet meer."],
  ru: ["Файл повреждён.", "Это не изображение, известное imgmill.", /^Что-то не так/, "Этого больше нет."],
  da: ["Filen er beskadiget.", "Det er ikke et billede, som imgmill kender.", /^Noget er ikke rigtigt/, "Det er her ikke længere."],
};

let server;
let browser;
let job;
before(async () => {
  server = await Server.start();
  browser = await launch();
  const page = await openPage(browser);
  await visit(page, server);
  await pick(page, { "a picture with quite a long name that has to be cut.png": png(160, 120, 1), "b.png": png(90, 120, 2), "broken.png": brokenPng(), "letter.png": Buffer.from("Dear Sir") });
  await finished(page);
  job = new URL(page.url()).hash;
  await page.context().close();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Elements that reach beyond the right edge, except within scrollable elements. */
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

/** Unfilled placeholders, keys instead of sentences, and missing texts. */
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
    // Rows are drawn only when visible, and a notice may be long.
    await page.locator(".keys").scrollIntoViewIfNeeded();
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
    const [damaged] = reasons[language];
    assert.equal(await page.locator(".center-message p").first().innerText(), damaged);
    // The exact message stays in English, for searching and reporting.
    const words = page.locator(".center-message .detail");
    assert.match(await words.innerText(), /^the PNG .*damaged.*; restore the file from a copy/);
    assert.equal(await words.getAttribute("lang"), "en");
    await check("failed");
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
}

test("what fails and what is refused is said in every language", async () => {
  const page = await openPage(browser, { viewport: { width: 360, height: 1600 } });
  await visit(page, server);
  await pick(page, { "fine.png": png(60, 40, 3), "empty.png": Buffer.alloc(0), "broken.png": brokenPng(), "letter.png": Buffer.from("Dear Sir") });
  await finished(page);
  const job = jobId(page);
  const path = `/api/jobs/${job}`;
  const remove = () => fetch(server.origin + path, { method: "DELETE", headers: { Authorization: `Bearer ${server.token}` } });
  const speak = (language) => page.locator(".top-tools select").selectOption(language);
  const hint = (name) => row(page, name).locator(".cell-name .hint");
  const refused = page.locator("details.notice.bad li");
  const text = async (locator, wanted) => {
    await locator.filter({ hasText: wanted }).waitFor();
  };
  await hint("broken.png").waitFor();
  await page.locator("details.notice.bad summary").click();
  for (const [language, [damaged, no_image, not_right]] of Object.entries(reasons)) {
    await speak(language);
    // The list has the short text, with the exact message as a tooltip.
    await text(hint("broken.png"), damaged);
    await text(hint("letter.png"), no_image);
    assert.match(await hint("letter.png").getAttribute("title"), /^'letter\.png' is not an image imgmill knows/);
    // The upload that the server refused.
    assert.match((await refused.innerText()).replace(/^empty\.png\s*/, ""), not_right);
    assert.equal(await refused.locator(".detail").innerText(), "the file is empty; send the bytes of an image");
    assert.deepEqual(await overflowing(page), []);
    await shoot(page, `refused-360-${language}`);
  }
  // A request that fails: the job is deleted while the page shows it.
  await page.locator(".brand").click();
  const line = page.locator(".history-line").first();
  await line.locator(`a[href$='${job}']`).waitFor();
  assert.equal((await remove()).status, 204);
  await speak("de");
  await line.locator("button").click();
  await page.locator("dialog .danger").click();
  const toast = page.locator(".toast.bad");
  await text(toast, reasons.de[3]);
  assert.match(await toast.locator(".detail").innerText(), /^there is no such job; /);
  await line.locator(`a[href$='${job}']`).click();
  const gone = page.locator(".center-message");
  for (const [language, words] of Object.entries(reasons)) {
    await speak(language);
    await text(gone, words[3]);
  }
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("the language is chosen by hand and remembered", async () => {
  const page = await openPage(browser);
  await visit(page, server);
  await page.getByRole("combobox", { name: "Language" }).selectOption("de");
  await page.getByRole("heading", { name: "Einstellungen" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Einstellungen" }).waitFor();
  await page.context().close();
});
