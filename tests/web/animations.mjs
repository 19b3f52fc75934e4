// Chromium shows the same pictures at the same times before and after optimization.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { apng, gif } from "./support/animations.mjs";
import { launch, openPage } from "./support/browser.mjs";
import { plant } from "./support/pictures.mjs";
import { program, temporaryFolder } from "./support/server.mjs";

const small = { left: 8, top: 6, width: 10, height: 12 };
const files = {
  "uncovered.gif": gif({ width: 40, height: 30, again: 0, background: 1 }, [
    { ...small, colour: 1, disposal: 1 },
    { ...small, left: 20, colour: 2, disposal: 2 },
    { ...small, top: 12, colour: 3 },
  ]),
  "still.gif": gif({ width: 40, height: 30, background: 2 }, [{ ...small, colour: 1 }]),
  "restored.gif": gif({ width: 40, height: 30, again: 2 }, [
    { colour: 1, disposal: 1 },
    { ...small, colour: 2, disposal: 3 },
    { ...small, left: 2, colour: 3, disposal: 4 },
    { colour: 3, disposal: 1, clear: 3 },
    { ...small, top: 16, colour: 3, disposal: 2 },
    { ...small, left: 30, colour: 2, delay: 65535 },
  ]),
  "beyond.gif": gif({ width: 20, height: 20, again: 0 }, [
    { left: 4, top: 2, width: 30, height: 40, colour: 1 },
    { left: 20, top: 20, width: 50, height: 50, colour: 2 },
    { left: 200, top: 200, width: 5, height: 5, colour: 3 },
  ]),
  "no-screen.gif": gif({ width: 0, height: 0, again: 0 }, [
    { width: 24, height: 16, colour: 1 },
    { width: 24, height: 16, colour: 2 },
  ]),
  "short.gif": gif({ width: 16, height: 16 }, [0, 1, 1, 2, 3].map((delay, at) => ({ colour: at % 4, delay }))),
  "held.gif": gif({ width: 16, height: 16, again: 1 }, [1, 1, 2, 2, 2].map((colour) => ({ colour, delay: 50 }))),
  "held-as-one.gif": gif({ width: 16, height: 16, again: 0 }, [1, 1, 1].map((colour) => ({ colour }))),
  "frames.png": apng({ width: 40, height: 30, plays: 2 }, [
    { colour: 1, dispose: 2, delay: 1, parts: 10 },
    { ...small, colour: 2, dispose: 1, blend: 1 },
    { ...small, left: 12, colour: 3, dispose: 2, delay: 0 },
    { ...small, top: 14, colour: 3, alpha: 0, delay: 2, parts: 0 },
    { colour: 2, blend: 1 },
  ]),
  "apart.png": apng({ width: 40, height: 30, still: 1 }, [{ colour: 2 }, { ...small, colour: 3, delay: 300 }]),
  "apart-once.png": apng({ width: 40, height: 30, still: 1 }, [{ ...small, colour: 3 }]),
};

/** Runs in the page: returns the pictures with their end times, with equal neighbours merged. */
const shown = async ([text, type]) => {
  const data = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const decoder = new ImageDecoder({ data, type });
  await decoder.tracks.ready;
  await decoder.completed;
  const track = decoder.tracks.selectedTrack;
  const scenes = [];
  let time = 0;
  for (let frameIndex = 0; frameIndex < track.frameCount; frameIndex += 1) {
    const { image } = await decoder.decode({ frameIndex });
    const room = new OffscreenCanvas(image.displayWidth, image.displayHeight).getContext("2d");
    room.drawImage(image, 0, 0);
    const { data: pixels, width, height } = room.getImageData(0, 0, image.displayWidth, image.displayHeight);
    // The decoder reports the stored delays; when playing, 10 ms or less become 100.
    const delay = (image.duration ?? 0) / 1000;
    time += delay <= 10 ? 100 : delay;
    const picture = `${width} x ${height} ${pixels.join()}`;
    if (scenes.at(-1)?.picture === picture) scenes.at(-1).end = time;
    else scenes.push({ picture, end: time });
  }
  // A single picture has no visible timing.
  return scenes.length === 1 ? [scenes[0].picture] : [...scenes, track.repetitionCount];
};

let browser;
let page;
before(async () => {
  browser = await launch();
  page = await openPage(browser);
  // ImageDecoder is only available in local pages.
  const folder = temporaryFolder();
  plant(folder, { "empty.html": "<!doctype html><title>empty</title>" });
  await page.goto(pathToFileURL(join(folder, "empty.html")).href);
});
after(() => browser?.close());

const seen = (bytes, name) => page.evaluate(shown, [bytes.toString("base64"), `image/${name.split(".").at(-1)}`]);

for (const format of ["webp", "gif", "same"]) {
  test(`animations look the same as ${format}`, async () => {
    const folder = temporaryFolder();
    plant(join(folder, "in"), files);
    const out = join(folder, "out");
    const words = ["optimize", join(folder, "in"), "-o", out, "--cache", "off", ...(format === "same" ? [] : ["--format", format, "--lossless"])];
    const told = spawnSync(program, words, { encoding: "utf8" });
    assert.equal(told.status, 0, told.stdout + told.stderr);
    const names = readdirSync(out);
    assert.equal(names.length, Object.keys(files).length);
    for (const [name, bytes] of Object.entries(files)) {
      const written = names.find((other) => other.split(".")[0] === name.split(".")[0]);
      assert.deepEqual(await seen(readFileSync(join(out, written)), written), await seen(bytes, name), name);
    }
  });
}
