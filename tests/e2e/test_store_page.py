#!/usr/bin/env python3
"""docs/STORE.md: every table, file and column of a case is on the page."""
import os
import re
import sqlite3

from lib import ROOT, Case, finish, rows, same

with open(os.path.join(ROOT, "docs/STORE.md"), encoding="utf-8") as f:
    page = f.read()


def words(text):
    return set(re.findall(r"[a-z][a-z0-9_]*", text))


def section(heading):
    return page.split(f"\n### {heading}\n", 1)[1].split("\n### ", 1)[0].split("\n## ", 1)[0]


DEMO = [os.path.join(ROOT, "demo/capture", n) for n in ("audit.log.xz", "auth_audit.json")]
with Case(*DEMO) as c:
    db = sqlite3.connect(os.path.join(c.case, "case.sqlite"))
    tables = [r[0] for r in db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
    part = page.split("\n## SQLite\n", 1)[1].split("\n## ", 1)[0]
    part, inputs = part.split("\nColumns of `inputs`:\n", 1)
    listed = dict(re.findall(r"^\| (\w+) \| (.*) \|$", part, re.M))
    for t in tables:
        columns = {r[1] for r in db.execute(f"PRAGMA table_info({t})")}
        said = words(inputs) if t == "inputs" else words(listed.get(t, ""))
        same(f"table {t}: columns not on the page", columns - said, set())
    keys = {r[0] for r in db.execute("SELECT key FROM meta")}
    same("keys of meta not on the page", keys - words(listed["meta"]), set())
    db.close()

    store = os.path.join(c.case, "store/volume-0001")
    headings = {"accesses": "accesses-N", "folders": "folders-N", "paths": "paths-N, dirs-N",
                "dirs": "paths-N, dirs-N", "sessions": "sessions-N", "logons": "logons-N"}
    same("kinds of files", {n.split("-")[0] for n in os.listdir(store)}, set(headings))
    for kind, heading in headings.items():
        path = os.path.join(store, f"{kind}-000001.parquet")
        got = rows("query", c.case, f"SELECT column_name FROM (DESCRIBE FROM read_parquet('{path}'))")
        same(f"file {kind}: columns not on the page",
             {r["column_name"] for r in got} - words(section(heading)), set())
finish()
