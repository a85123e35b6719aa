#!/usr/bin/env python3
"""Lost records and quiet nights: which silences are remarked."""
import os
import subprocess
import sys
import tempfile

from lib import ROOT, Case, finish, report, rows, same

GENLOG = os.path.join(os.path.dirname(os.environ.get("ASHIATO", os.path.join(ROOT, "build/release/ashiato"))),
                      "genlog")


def month(days):
    """A small office's log from Monday 2026-03-02, as lines."""
    p = subprocess.run([GENLOG, "--users", "25", "--days", str(days), "-o", "-"], capture_output=True, check=True)
    return p.stdout.splitlines(keepends=True)


def silences(lines):
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "audit.log")
        with open(path, "wb") as f:
            f.writelines(lines)
        with Case(path, options=["--tz", "Asia/Tokyo"]) as c:
            got = rows("coverage", c.case)
    return got


def without(lines, first, last):
    """The log as if records from first to last (texts that sort) were lost."""
    return [l for l in lines if not first.encode() <= l[:16] < last.encode()]


def of(got, reason):
    return [r for r in got if r["reason"] == reason]


for days in (35, 12):
    log = month(days)
    got = silences(log)
    work = [r for r in of(got, "silence") if "nearly always" in r["text"]]
    same(f"{days} days: nothing to remark in a whole log", work, [])
    same(f"{days} days: the quiet times are in one row", len(of(got, "quiet")), 1)
    report(of(got, "quiet")[0]["count"] >= days, f"{days} days: about one a night is counted")
    same(f"{days} days: every record is in a span", sum(r["count"] for r in of(got, "records")), len(log))

    hole = without(log, "2026-03-11T10:00", "2026-03-11T13:00")
    report(len(hole) < len(log), f"{days} days: the hole is one")
    found = [r for r in of(silences(hole), "silence") if "nearly always" in r["text"]]
    same(f"{days} days: a hole in working time is remarked once", len(found), 1)
    report(found and found[0]["from"] < "2026-03-11T10:00" and found[0]["to"] >= "2026-03-11T13:00",
           f"{days} days: the remark has the hole's times", found)

    saturday = without(log, "2026-03-07T11:00", "2026-03-07T17:00")
    report(len(saturday) < len(log), f"{days} days: the Saturday has records to lose")
    found = [r for r in of(silences(saturday), "silence") if "nearly always" in r["text"]]
    same(f"{days} days: a hole on a Saturday is counted with the quiet times", found, [])

# Too short for habits: every silence is named, as what it is.
log = month(2)
got = silences(without(log, "2026-03-02T13:00", "2026-03-02T15:00"))
report(any(r["from"] < "2026-03-02T13:00" and r["to"] >= "2026-03-02T15:00" for r in of(got, "silence")),
       "two days: the hole is named")
same("two days: no habit is claimed", [r for r in of(got, "silence") if "nearly" in r["text"]], [])
same("two days: nothing is called usual", of(got, "quiet"), [])
sys.exit(finish())
