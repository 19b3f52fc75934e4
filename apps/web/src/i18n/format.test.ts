import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, change, duration, percent, scaled, score } from "./format";

test("sizes have three digits and the unit that fits", () => {
  const told = (size: number) => {
    const { value, unit, digits } = scaled(size);
    return `${value.toFixed(digits)} ${unit}`;
  };
  assert.deepEqual([0, 999, 1000, 9994, 9996, 12_345, 999_499, 999_950, 1_234_567_890].map(told), [
    "0 byte",
    "999 byte",
    "1.00 kilobyte",
    "9.99 kilobyte",
    "10.0 kilobyte",
    "12.3 kilobyte",
    "999 kilobyte",
    "1.00 megabyte",
    "1.23 gigabyte",
  ]);
  assert.match(bytes(1), /1 byte$/);
  assert.match(bytes(1_500_000), /^1\.50.MB$/);
});

test("a share never claims all or nothing that is not true", () => {
  assert.equal(percent(0.9999), "99.9%");
  assert.equal(percent(0.0001), "0.1%");
  assert.equal(percent(1), "100%");
  assert.equal(percent(0), "0%");
  assert.equal(percent(0.4567), "45.7%");
});

test("what was saved has a minus, what grew has none", () => {
  assert.equal(change(0.64), "\u221264%");
  assert.equal(change(0.034), "\u22123.4%");
  assert.equal(change(-0.2), "20%");
  assert.equal(change(0), "0%");
});

test("a score that misses 80 does not read 80", () => {
  assert.equal(score(79.98), "79.9");
  assert.equal(score(80), "80.0");
  assert.equal(score(80.3), "80.3");
});

test("time is told in one unit", () => {
  assert.equal(duration(400), "0.4 seconds");
  assert.equal(duration(45_000), "45 seconds");
  assert.equal(duration(150_000), "3 minutes");
  assert.equal(duration(7_200_000), "2 hours");
});
