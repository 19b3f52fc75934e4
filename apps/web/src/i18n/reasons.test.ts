import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { de } from "./de";
import { en } from "./en";
import { setLanguage } from "./index";
import { kindOf, reasonOf } from "./reasons";

const said = (code: string, stage?: string) => ({ code, message: "the exact words", advice: "what to do", stage });

/** The error codes of requests in the API's description. */
const description = JSON.parse(readFileSync(join(process.cwd(), "../../src/server/api/openapi.json"), "utf8")) as {
  components: { schemas: { ErrorCode: { enum: string[] } } };
};
const refusals = description.components.schemas.ErrorCode.enum;
const errors = ["bad_input", "limit", "unsupported", "environment", "usage", "cancelled", "internal", "fault"];

test("every code has a sentence and something to do", () => {
  assert.ok(refusals.includes("disk_full") && refusals.length > 12, refusals.join());
  for (const code of [...refusals, "unreadable", "status_502"]) {
    const { text, advice } = reasonOf(said(code));
    assert.ok(text.length > 0 && advice.length > 0, code);
  }
  for (const code of errors) {
    assert.notEqual(kindOf(said(code, "process")), "refused", code);
    assert.notEqual(kindOf(said(code, "process")), "busy", code);
  }
  // Codes for requests that the page never sends, or that have a view of their own.
  const without = ["unauthorized", "foreign_host", "foreign_origin", "method_not_allowed", "unsupported_media_type", "internal", "shutting_down"];
  assert.deepEqual(refusals.filter((code) => kindOf(said(code)) === "refused"), without);
});

test("no sentence is there for nothing", () => {
  const reached = new Set([...[...refusals, "unreadable"].map((code) => kindOf(said(code))), ...errors.map((code) => kindOf(said(code, "process"))), kindOf(said("bad_input", "validate"))]);
  const kinds = Object.keys(en).flatMap((key) => /^reason\.(\w+)$/.exec(key)?.[1] ?? []);
  assert.deepEqual(kinds.sort(), [...reached].sort());
});

test("what was never opened is no image, what was opened is damaged", () => {
  assert.equal(kindOf(said("bad_input", "validate")), "notImage");
  assert.equal(kindOf(said("bad_input", "process")), "damaged");
  assert.equal(kindOf(said("limit", "process")), "limit");
  assert.equal(kindOf(said("limit")), "busy");
});

test("the page's sentence is in its language, the exact words stay as they are", async () => {
  assert.equal(reasonOf(said("bad_input", "process")).text, en["reason.damaged"]);
  Object.assign(globalThis, { document: { documentElement: {} } });
  await setLanguage("de", "found");
  const { text, advice, detail } = reasonOf(said("bad_input", "process"));
  assert.equal(text, de["reason.damaged"]);
  assert.equal(advice, de["reason.damaged.do"]);
  assert.equal(detail, "the exact words; what to do");
  await setLanguage("en", "found");
});
