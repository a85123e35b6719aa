#!/usr/bin/env python3
"""A log that grows, read again and again while its last line is half written."""
import os
import tempfile

from lib import CAPTURES, Case, finish, report, rows, run, same

with open(os.path.join(CAPTURES, "lean/audit.log"), "rb") as f:
    whole = f.read()

with tempfile.TemporaryDirectory(prefix="ashiato-test-") as d:
    log, case = os.path.join(d, "audit.log"), os.path.join(d, "case")
    for size in (9000, 9010, 20000, 30000, len(whole), len(whole)):
        with open(log, "wb") as f:
            f.write(whole[:size])
        run("investigate", log, "--case", case, "--quiet")
    got = rows("query", case, "SELECT name, bytes, lines FROM inputs")
    same("one input, read to its end", [(r["name"], r["bytes"], r["lines"]) for r in got],
         [(log, str(len(whole)), str(whole.count(b"\n")))])
    sql = "SELECT sum(records) AS n FROM accesses"
    grown = int(rows("query", case, sql)[0]["n"])
    with Case(log) as once:
        records = int(rows("query", once.case, sql)[0]["n"])
    # Not equal: a run's end closes what is open, and the halves of cut lines are lost.
    report(0 < grown <= records, "no record counts twice", f"{grown} of {records}")
finish()
