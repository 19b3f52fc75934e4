// Sources and destinations of images, and the page's layout on a phone.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { drop, finished, launch, openPage, pick, row, rows, shoot, visit } from "./support/browser.mjs";
import { plant, png } from "./support/pictures.mjs";
import { Server, temporaryFolder } from "./support/server.mjs";

let server;
let browser;
const folder = temporaryFolder();
before(async () => {
  server = await Server.start({ roots: [folder] });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("on the empty page there is an example to try", async () => {
  const page = await openPage(browser);
  await visit(page, server);
  const example = page.getByRole("button", { name: "Try it with an example" });
  await example.click();
  await finished(page);
  assert.equal(await page.locator("h1").textContent(), "Example");
  await rows(page, "done", 3);
  const { images } = await server.json(`/api/jobs/${new URL(page.url()).hash.split("/")[2]}/images?offset=0&limit=10`);
  assert.deepEqual(images.map((image) => image.name).sort(), ["badge.png", "chart.png", "landscape.jpg"]);
  assert.ok(images.reduce((sum, image) => sum + image.optimized_size, 0) < 0.7 * images.reduce((sum, image) => sum + image.original_size, 0));
  await shoot(page, "example");
  await page.getByRole("button", { name: "Back" }).click();
  await page.locator(".history-line").waitFor();
  assert.ok(!(await example.isVisible()), "it is for those who have nothing yet");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("one way to a folder: where it lies, counted with what is below it, or as a copy", async () => {
  plant(folder, { "trip/a.png": png(60, 40, 1), "trip/day/b.png": png(60, 40, 2), "trip/day/night/c.png": png(60, 40, 3), "trip/notes.txt": Buffer.from("no picture") });
  const page = await openPage(browser);
  await visit(page, server);
  const button = page.getByRole("button", { name: "Choose a folder" });
  assert.equal(await button.count(), 1);
  await button.click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Folder" }).fill(join(folder, "trip"));
  await dialog.getByRole("button", { name: "Go to this folder" }).click();
  await dialog.getByText("3 images in it and its subfolders").waitFor();
  await dialog.getByRole("button", { name: "day", exact: true }).click();
  await dialog.getByText("2 images in it and its subfolders").waitFor();
  await shoot(page, "folder");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), dialog.getByRole("button", { name: "Send a copy of it with the browser" }).click()]);
  await chooser.setFiles(join(folder, "trip"));
  await finished(page);
  await rows(page, "done", 3);
  assert.equal(await page.locator("h1").textContent(), "trip");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("what lies beside the images of a folder is told by kind", async () => {
  plant(folder, { "beside/a.png": png(60, 40, 7), "beside/notes.txt": Buffer.from("no picture"), "beside/more.txt": Buffer.from("none either"), "beside/.git/b.png": png(60, 40, 8) });
  const page = await openPage(browser);
  await visit(page, server);
  await page.getByRole("button", { name: "Choose a folder" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Folder" }).fill(join(folder, "beside"));
  await dialog.getByRole("button", { name: "Go to this folder" }).click();
  await dialog.getByRole("button", { name: "Optimize this folder" }).click();
  await finished(page);
  await page.getByText("3 items were left out: txt (2), hidden folders (1)").waitFor();
  await page.getByLabel("Language").selectOption("de");
  await page.getByText("3 Elemente wurden ausgelassen: txt (2), versteckte Ordner (1)").waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("results go into a folder that is made for them", async () => {
  const page = await openPage(browser);
  await visit(page, server);
  await pick(page, { "one.png": png(120, 90, 4), "two.png": png(120, 90, 5) });
  await finished(page);
  await page.getByRole("button", { name: "Write to folder" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Folder" }).fill(folder);
  await dialog.getByRole("button", { name: "Go to this folder" }).click();
  await dialog.getByRole("button", { name: "New folder" }).click();
  const name = dialog.getByRole("textbox", { name: "Name of the new folder" });
  const use = dialog.getByRole("button", { name: "Use it" });
  for (const wrong of ["a/b", "..", ".hidden"]) {
    await name.fill(wrong);
    assert.ok(await use.isDisabled(), wrong);
  }
  await name.fill("smaller ones");
  await use.click();
  await dialog.getByText(`2 images will be written below ${join(folder, "smaller ones")}`).waitFor();
  await dialog.getByText("The folder will be made.").waitFor();
  assert.ok(!existsSync(join(folder, "smaller ones")), "nothing is made before it is said");
  await shoot(page, "new-folder");
  await dialog.getByRole("button", { name: "Write now" }).click();
  await dialog.getByText("2 images were written").waitFor();
  assert.deepEqual(readdirSync(join(folder, "smaller ones")).sort(), ["one.png", "two.png"]);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("pixels that no picture can have are refused, and the number that was there stays", async () => {
  const page = await openPage(browser);
  await visit(page, server);
  await page.getByRole("combobox", { name: "Size" }).selectOption("longest");
  const pixels = page.getByRole("spinbutton", { name: "Pixels" });
  await pixels.fill("900");
  await pixels.press("Tab");
  for (const wrong of ["0", "-5", "70000", "12.5", ""]) {
    await pixels.fill(wrong);
    await pixels.press("Tab");
    await page.getByRole("alert").getByText(`${wrong || "–"} does not work here. Write a whole number from 1 to 65,535; it stays at 900.`).waitFor();
    assert.equal(await pixels.inputValue(), "900");
  }
  await shoot(page, "pixels-refused");
  await pixels.fill("80");
  await pixels.press("Tab");
  assert.equal(await page.getByRole("alert").count(), 0);
  await pick(page, { "wide.png": png(200, 100, 6) });
  await finished(page);
  const { images } = await server.json(`/api/jobs/${new URL(page.url()).hash.split("/")[2]}/images?offset=0&limit=10`);
  assert.deepEqual([images[0].width, images[0].height], [80, 40]);
  await page.context().close();
});

test("on a telephone a job opens at its top, and a name shows the file before its folder", async () => {
  const long = "a folder with quite a long name/another one below it/IMG_20260714_183255.png";
  plant(folder, { [`phone/${long}`]: png(160, 120, 8), ...Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`phone/more/${at}.png`, png(32, 24, 40 + at)])) });
  const page = await openPage(browser, { viewport: { width: 390, height: 780 }, hasTouch: true });
  await visit(page, server);
  await drop(page, [join(folder, "phone")]);
  await finished(page);
  await page.getByRole("button", { name: "Back" }).click();
  const line = page.locator(".history-line a").first();
  await line.scrollIntoViewIfNeeded();
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  assert.ok((await page.evaluate(() => scrollY)) > 0);
  await line.click();
  await finished(page);
  await page.locator(".grid-body .row.done").first().waitFor();
  assert.equal(await page.evaluate(() => scrollY), 0);
  // Returning from an image keeps its place in the list instead of scrolling to the top.
  await row(page, "IMG_2026").click();
  await page.locator(".divider").waitFor();
  const seen = await page.locator(".compare-head h1 bdi").first().evaluate((element) => {
    const { left, right } = element.getBoundingClientRect();
    const head = element.closest("h1").getBoundingClientRect();
    return { text: element.textContent, whole: left >= head.left && right <= head.right };
  });
  assert.deepEqual(seen, { text: "IMG_20260714_183255.png", whole: true });
  await shoot(page, "phone-compare");
  await page.keyboard.press("Escape");
  await page.locator("#tab-summary").click();
  await page.locator(".ten li").first().waitFor();
  const names = await page.locator(".ten .file-name").evaluateAll((all) => all.map((name) => [name.firstElementChild.textContent.includes("/"), name.title.endsWith(name.firstElementChild.textContent)]));
  for (const name of names) assert.deepEqual(name, [false, true]);
  await shoot(page, "phone-summary", { fullPage: true });
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

for (const colorScheme of ["light", "dark"]) {
  test(`which segment is chosen can be told, ${colorScheme}`, async () => {
    const page = await openPage(browser, { colorScheme });
    await visit(page, server);
    /** WCAG 2.2's contrast ratio for non-text elements: at least 3. */
    const ratio = await page.locator(".segments input:checked + span").first().evaluate((chosen) => {
      const room = new OffscreenCanvas(1, 1).getContext("2d");
      const light = (colour) => {
        room.fillStyle = colour;
        room.fillRect(0, 0, 1, 1);
        const [red, green, blue] = [...room.getImageData(0, 0, 1, 1).data].map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const edge = /rgba?\([^)]*\)|color\([^)]*\)/.exec(getComputedStyle(chosen).boxShadow)[0];
      const [one, other] = [light(edge), light(getComputedStyle(chosen.closest(".segments")).backgroundColor)].sort((a, b) => b - a);
      return (one + 0.05) / (other + 0.05);
    });
    assert.ok(ratio >= 3, `${ratio}`);
    await page.context().close();
  });
}
