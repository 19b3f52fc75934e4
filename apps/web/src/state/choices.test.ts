import assert from "node:assert/strict";
import { test } from "node:test";
import { built_in_presets, default_choices, fromSettings, isChoices, isPresets, normalise, sameChoices, target_words, toSettings, wordOf } from "./choices";

test("choices become the settings of docs/json.md and say nothing that is a default", () => {
  assert.deepEqual(toSettings(default_choices), { target: 80, spareLossless: true, animation: "keep" });
  assert.deepEqual(toSettings({ ...default_choices, lossless: true, keep: "all", effort: "max" }), {
    lossless: true,
    keep: "all",
    effort: "max",
    animation: "keep",
  });
  assert.deepEqual(toSettings({ ...default_choices, resize: "longest", pixels: 1200 }).resize, { mode: "longest", size: 1200 });
  assert.deepEqual(toSettings({ ...default_choices, resize: "width", pixels: 900 }).resize, { mode: "width", width: 900 });
  assert.deepEqual(toSettings({ ...default_choices, resize: "height", pixels: 900 }).resize, { mode: "height", height: 900 });
  assert.deepEqual(toSettings({ ...default_choices, resize: "shortest", pixels: 900 }).resize, { mode: "shortest", size: 900 });
  assert.deepEqual(toSettings({ ...default_choices, resize: "percent", percent: 25 }).resize, { mode: "percent", percent: 25 });
  const covering = toSettings({ ...default_choices, resize: "cover", boxWidth: 600, boxHeight: 400 });
  assert.deepEqual(covering.resize, { mode: "fit", fit: "cover", width: 600, height: 400 });
  assert.deepEqual(covering.crop, { position: "attention" });
  assert.equal(toSettings({ ...default_choices, resize: "cover", position: "centre" }).crop, undefined);
});

test("every word names its own target, and what lies between belongs to the lower one", () => {
  for (const { target, word } of target_words) assert.equal(wordOf(target), word);
  assert.equal(wordOf(79), "good");
  assert.equal(wordOf(30), "small");
  assert.equal(wordOf(95), "identical");
});

test("numbers are held in their ranges, formats among those that fit", () => {
  const wild = normalise({ ...default_choices, target: 1000, pixels: -4, percent: Number.NaN });
  assert.deepEqual([wild.target, wild.pixels, wild.percent], [95, 1600, 50]);
  assert.equal(normalise({ ...default_choices, lossless: true, format: "jpeg" }).format, "original");
  assert.equal(normalise({ ...default_choices, lossless: true, format: "png" }).format, "png");
});

test("storage is believed only when it holds what the page wrote", () => {
  for (const { choices } of built_in_presets) assert.ok(isChoices(JSON.parse(JSON.stringify(choices))));
  for (const bad of [null, 7, "x", {}, { ...default_choices, format: "bmp" }, { ...default_choices, target: "80" }]) assert.ok(!isChoices(bad));
  assert.ok(isPresets([{ id: "1", name: "mine", choices: default_choices }]));
  // Presets saved before there was a box to fill are still the user's.
  const { boxWidth: _, boxHeight: __, position: ___, ...older } = default_choices;
  assert.ok(isChoices(older));
  assert.deepEqual(normalise(older), default_choices);
  assert.ok(!isPresets([{ id: "1", name: null, choices: default_choices }]));
});

test("two choices are the same when they ask for the same", () => {
  assert.ok(sameChoices(default_choices, { ...default_choices, pixels: 99 }));
  assert.ok(!sameChoices(default_choices, { ...default_choices, target: 81 }));
});

test("settings lead back to the choices that they came from", () => {
  const all = [...built_in_presets.map((preset) => preset.choices), { ...default_choices, resize: "percent" as const, percent: 25 }, ...(["longest", "shortest", "width", "height"] as const).map((resize) => ({ ...default_choices, resize, pixels: 77 })), { ...default_choices, resize: "cover" as const, boxWidth: 300, boxHeight: 200 }, { ...default_choices, resize: "cover" as const, position: "centre" as const }];
  for (const choices of all) assert.ok(sameChoices(fromSettings(toSettings(choices)), choices), JSON.stringify(choices));
  // Settings made elsewhere are matched as closely as possible.
  assert.ok(sameChoices(fromSettings({}), default_choices));
  assert.deepEqual(fromSettings({ resize: { mode: "fit", width: 9, height: 9 }, keep: ["icc"] }), default_choices);
});
