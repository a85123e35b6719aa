#!/usr/bin/env python3
"""Each input in tests/golden against what has to come of it.

tests/golden/NAME/ holds input* and other inputs, expected.tsv, and perhaps
`args`, one argument a line. NAME is that of a source, alone or followed by
".what". ASH_UPDATE_GOLDEN=1 writes expected.tsv anew: read the difference
before you commit it.
"""
import os

from lib import ROOT, Case, finish, report, rows, run, same

GOLDEN = os.path.join(ROOT, "tests/golden")
UPDATE = os.environ.get("ASH_UPDATE_GOLDEN") == "1"
# Not in it: the names of accesses and sessions, which differ from case to case.
ACCESSES = ("SELECT server, share, account, client, workstation, grade, changes, object, first, last, records, entries, "
            "path, new_path FROM accesses ORDER BY ALL")
LOGONS = ("SELECT time, server, account, client, workstation, ok, anonymous, unknown_account, status, service, domain "
          "FROM logons ORDER BY ALL")


def table(title, header, lines):
    return [f"# {title}", "\t".join(header), *sorted(lines), ""]


def cells(row, header):
    return "\t".join("" if row[k] is None else str(row[k]) for k in header)


def result(c):
    text = []
    for title, sql in (("accesses", ACCESSES), ("logons", LOGONS)):
        out = run("query", "--case", c.case, "--format", "tsv", sql).stdout.decode(errors="surrogateescape")
        header, *lines = out.splitlines()
        text += table(title, header.split("\t"), lines)
    header = ("server", "from", "to", "state", "reason", "count")
    text += table("coverage", header, [cells(r, header) for r in rows("coverage", c.case)])
    header = ("name", "state", "format", "lines", "events", "skipped")
    inputs = c.report()["inputs"]
    for i in inputs:
        i["name"] = os.path.basename(i["name"])
    text += table("inputs", header, [cells(i, header) for i in inputs])
    return "\n".join(text)


names = sorted(n for n in os.listdir(GOLDEN) if os.path.isdir(os.path.join(GOLDEN, n)))
report(len(names) > 0, "there are golden cases")
for name in names:
    folder = os.path.join(GOLDEN, name)
    inputs = [os.path.join(folder, n) for n in sorted(os.listdir(folder))
              if n not in ("README.md", "args", "expected.tsv")]
    args = ["--tz", "Asia/Tokyo"]
    if os.path.exists(os.path.join(folder, "args")):
        with open(os.path.join(folder, "args"), encoding="utf-8") as f:
            args += f.read().splitlines()
    with Case(*inputs, options=args) as c:
        got = result(c)
        source = name.split(".")[0]
        same(f"{name}: the source is recognised", {i["source"] for i in c.report()["inputs"]} - {source}, set())
    expected = os.path.join(folder, "expected.tsv")
    if UPDATE:
        with open(expected, "w", encoding="utf-8", errors="surrogateescape") as f:
            f.write(got)
    with open(expected, encoding="utf-8", errors="surrogateescape") as f:
        wanted = f.read()
    before, after = wanted.splitlines(), got.splitlines()
    report(got == wanted, f"{name}: accesses, logons, coverage and counts",
           "\n".join([f"missing {l}" for l in before if l not in after] + [f"extra   {l}" for l in after if l not in before])
           .encode(errors="replace").decode())

finish()
