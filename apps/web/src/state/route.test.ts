import assert from "node:assert/strict";
import { test } from "node:test";
import { hrefOf, parseRoute, type Route } from "./route";

test("every address leads back to where it came from", () => {
  const routes: Route[] = [
    { view: "start" },
    { view: "job", job: "a1", tab: "images" },
    { view: "job", job: "a1", tab: "summary" },
    { view: "image", job: "a1", index: 1234 },
  ];
  for (const route of routes) assert.deepEqual(parseRoute(hrefOf(route)), route);
});

test("what is no address of ours is the start", () => {
  for (const hash of ["", "#", "#token=abc", "#/jobs", "#/jobs/", "#/else/1"]) assert.deepEqual(parseRoute(hash), { view: "start" });
  assert.deepEqual(parseRoute("#/jobs/a/images/x"), { view: "job", job: "a", tab: "images" });
});
