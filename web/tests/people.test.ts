import assert from "node:assert/strict";
import { test } from "node:test";

import { countOf, users } from "../src/model/accounts";
import { reached } from "../src/model/persons";
import { groupParts, toldParts } from "../src/model/parts";
import type { Account, Decision, TrackPart } from "../src/model/report";

const time = (clock: string) => `2026-11-20T${clock}+09:00`;

test("a spray is one row, what the account did then is another", () => {
  const part = (account: string, clock: string, reason = "tried"): TrackPart => ({
    account,
    client: "127.0.0.111",
    from: time(clock),
    to: time(clock),
    reason,
  });
  const groups = groupParts([
    part("administrator", "19:53:05"),
    part("tanaka", "19:53:00"),
    part("kato", "19:53:40", "logged on"),
    part("sato", "19:54:00"),
    part("tanaka", "21:00:00"),
  ]);
  assert.deepEqual(
    groups.map((g) => g.parts.map((p) => p.account)),
    [["administrator", "tanaka", "sato"], ["kato"], ["tanaka"]],
  );
  assert.equal(groups[0]!.from, time("19:53:00"));
  assert.equal(groups[0]!.to, time("19:54:00"));
});

test("a decision names what was moved once, and nothing where a track was judged", () => {
  const part = (change: "kept" | "added" | "removed", track: string) => ({ change, track, account: "kato", client: "c" });
  const decision = (action: Decision["action"], ...parts: Decision["parts"]): Decision => ({
    id: "D1",
    time: null,
    by: "suzuki",
    action,
    track: "T1",
    why: "",
    parts,
  });
  const told = (d: Decision) => toldParts(d).map((p) => [p.change, p.track]);
  assert.deepEqual(told(decision("split", part("removed", "T1"), part("added", "T2"))), [["added", "T2"]]);
  assert.deepEqual(told(decision("drop", part("removed", "T1"))), [["removed", "T1"]]);
  assert.deepEqual(told(decision("accept", part("kept", "T1"))), []);
});

test("logons and accesses of one user are one row, and nothing is lost", () => {
  const account = (a: Partial<Account>): Account => ({ account: "kato", client: "127.0.0.77", ...a });
  const list = [
    account({ account: "tanaka", client: "127.0.0.21", read: 7 }),
    account({ account: "administrator", first: time("19:53:00"), track: "T1" }),
    account({ workstation: "KALI", server: "", first: time("20:14:10"), last: time("20:14:10"), track: "T1" }),
    account({ workstation: "kali", server: "fs01", first: time("20:14:11"), last: time("20:21:40"), read: 3, track: "T1" }),
    account({ client: "127.0.0.29", read: 1 }),
  ];
  const rows = users(list);
  assert.deepEqual(
    rows.map((u) => [u.accounts[0]!.account, u.accounts[0]!.client, countOf(u, "read")]),
    [
      ["kato", "127.0.0.77", 3],
      ["administrator", "127.0.0.77", 0],
      ["tanaka", "127.0.0.21", 7],
      ["kato", "127.0.0.29", 1],
    ],
  );
  assert.deepEqual([rows[0]!.first, rows[0]!.last], [time("20:14:10"), time("20:21:40")]);
  assert.deepEqual([rows[0]!.workstations, rows[0]!.servers], [["KALI"], ["fs01"]]);
});

test("accounts whose bytes differ stay apart, though their repaired text is the same", () => {
  const a = { account: "\ufffd", account_base64: "/w==", client: "c" } as Account;
  const b = { account: "\ufffd", account_base64: "/g==", client: "c" } as Account;
  assert.equal(users([a, b]).length, 2);
});

test("a number of persons is above a threshold for certain, perhaps, or not", () => {
  assert.equal(reached({ low: 101, high: 2000 }, 100), "yes");
  assert.equal(reached({ low: 100, high: 101 }, 100), "perhaps");
  assert.equal(reached({ low: 3, high: 100 }, 100), "no");
});
