#!/usr/bin/env python3
"""docs/QUERIES.md: its tables of columns, and its questions with their output."""
import os
import re

from lib import ROOT, Case, finish, report, run, same, rows

CAPTURE = os.path.join(ROOT, "demo/capture")

with open(os.path.join(ROOT, "docs/QUERIES.md"), encoding="utf-8") as f:
    page = f.read()


def documented():
    """View name -> [(column, type)] from the tables under "Views"."""
    views = {}
    part = page.split("\n## Views\n", 1)[1].split("\n## ", 1)[0]
    for section in part.split("\n### ")[1:]:
        name = section.split("\n", 1)[0].strip()
        columns = re.findall(r"^\| (\w+) \| ([A-Z ]+) \|", section, re.M)
        views[name] = columns
    return views


def trimmed(text):
    return [line.rstrip() for line in text.strip("\n").split("\n")]


with Case(os.path.join(CAPTURE, "audit.log.xz"), os.path.join(CAPTURE, "auth_audit.json")) as c:
    views = documented()
    existing = {r["view_name"] for r in rows(
        "query", c.case, "SELECT view_name FROM duckdb_views() WHERE NOT internal")}
    internal = {v for v in existing if v.endswith("_")} | {"a", "folder_activity_ids"}
    same("every view is documented, and no other", set(views), existing - internal)
    for view, columns in views.items():
        got = rows("query", c.case, f"SELECT column_name, column_type FROM (DESCRIBE {view})")
        same(f"columns of {view}", columns, [(r["column_name"], r["column_type"]) for r in got])

    questions = re.findall(r"^### (\d+\. .+?)\n.*?```sql\n(.*?)```\n\n```text\n(.*?)```", page,
                           re.M | re.S)
    same("number of questions", len(questions), page.count("```sql"))
    report(len(questions) >= 10, "ten questions")
    for title, sql, shown in questions:
        out = run("query", "--case", c.case, sql).stdout.decode()
        same(title, trimmed(out), trimmed(shown))

finish()
