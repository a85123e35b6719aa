import assert from "node:assert/strict";
import { test } from "node:test";

import { formatTime, localValue, parseLocal, parseTime, timeText, zoneOffset } from "../src/time";

test("times are parsed with their zone and fraction", () => {
  assert.equal(parseTime("2026-11-20T20:14:10+09:00"), Date.UTC(2026, 10, 20, 11, 14, 10));
  assert.equal(parseTime("2026-11-20T20:14:10.5Z"), Date.UTC(2026, 10, 20, 20, 14, 10, 500));
  for (const bad of [null, undefined, "", "yesterday", "2026-11-20"]) assert.ok(Number.isNaN(parseTime(bad)));
});

test("zones", () => {
  assert.equal(zoneOffset("+09:00"), 540);
  assert.equal(zoneOffset("-03:30"), -210);
  assert.equal(zoneOffset("Z"), 0);
  assert.equal(zoneOffset("Asia/Tokyo"), null);
});

test("times are shown as stated; the zone only where it differs", () => {
  assert.deepEqual(timeText("2026-11-20T20:14:10.355602+09:00", "+09:00"), {
    date: "2026-11-20",
    clock: "20:14:10",
    zone: "",
  });
  assert.deepEqual(timeText("2026-11-20T20:14:10.355602Z", "+09:00", true), {
    date: "2026-11-20",
    clock: "20:14:10.355602",
    zone: "Z",
  });
  assert.equal(timeText("?", "+09:00"), null);
});

test("times the page computes are in the zone of the case", () => {
  const ms = parseTime("2026-11-20T20:14:10+09:00");
  assert.equal(formatTime(ms, 540), "2026-11-20 20:14:10");
  assert.equal(localValue(ms, 540), "2026-11-20T20:14:10");
  assert.equal(parseLocal("2026-11-20T20:14:10", 540), ms);
  assert.equal(parseLocal("2026-11-20T20:14", 540), ms - 10_000);
  assert.ok(Number.isNaN(parseLocal("", 540)));
  assert.equal(localValue(NaN, 540), "");
});
