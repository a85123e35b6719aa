#!/usr/bin/env python3
"""The same inputs give the same report: in every case, with any number of threads."""
import os

from lib import ROOT, Case, finish, same

CAPTURE = [os.path.join(ROOT, "demo/capture", f) for f in ("audit.log.xz", "auth_audit.json")]

reports = []
for threads in ("0", "1", "2", "4", "4"):
    with Case(*CAPTURE, options=["--threads", threads]) as c:
        with open(os.path.join(c.case, "report.json"), "rb") as f:
            reports.append(f.read())
same("there are findings in it", b'"mass-read"' in reports[0], True)
for i, r in enumerate(reports[1:]):
    same(f"report {i + 2} is the first one, byte by byte", r == reports[0], True)
finish()
