#!/usr/bin/env python3
"""Findings and the detectors' settings, from outside."""
import json
import os
import tempfile

from lib import CAPTURES, KEYS, Case, finish, report, rows, run, same

RANSOM = os.path.join(CAPTURES, "ransom/audit.log")


def kinds(case):
    return {f["kind"]: f for f in rows("findings", case)}


def config(d, text, name="c.yaml"):
    path = os.path.join(d, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


with Case(RANSOM) as c:
    found = kinds(c.case)
    f = found["ransomware"]
    same("encryption: high, T1486", (f["severity"], f["technique"]), ("high", "T1486"))
    same("... measured against a floor", (f["measure"], f["basis"], f["times"]), ("files", "floor", 1))
    same("... serious at once", (f["raised"], f["raised"] in open(os.path.join(c.case, "report.json"), encoding="utf-8").read()),
         (f["time"], True))
    report(f["advice"] and f["value"] != f["threshold"], "... with what to do next", f)
    with open(RANSOM, "rb") as log:
        data = log.read()
    offsets = [int(t.split(":")[1]) for t in f["telling"].split()]
    report(offsets and all(o == 0 or data[o - 1:o] == b"\n" for o in offsets),
           "... each telling record is the beginning of a line", offsets)
    with open(os.path.join(CAPTURES, "ransom/truth_renamed.tsv"), encoding="utf-8") as t:
        renamed = sum(1 for _ in t)
    report(f["changed"] <= renamed + 5 and f["changed"] >= renamed * 0.9, "... as many files as were renamed",
           (f["changed"], renamed))
    table = run("findings", "--case", c.case).stdout.decode()
    report(f"\nransomware: {f['advice']}\n" in table, "the table says it once, below", table)
    in_report = {x["kind"]: x for x in c.report()["findings"]}["ransomware"]
    same("report.json: the same records", [t["offset"] for t in in_report["telling"]], offsets)
    same("report.json: the same advice", in_report["advice"], f["advice"])

with tempfile.TemporaryDirectory(prefix="ashiato-test-") as d:
    off = config(d, "detectors:\n  ransomware:\n    enabled: false\n  mass-change: {change_60s: 1e6, change_600s: 1e6, "
                    "change_3600s: 1e6}\n")
    with Case(RANSOM, options=("--config", off)) as c:
        same("settings: what is off or out of reach is not found",
             {"ransomware", "mass-change"} & set(kinds(c.case)), set())
    values = {(r["detector"], r["parameter"]): r for r in
              json.loads(run("detectors", "--config", off, "--json").stdout)}
    row = values["mass-change", "change_60s"]
    same("detectors: value and default", (float(row["value"]), float(row["default"])), (1e6, 60))
    same("detectors: off", values["ransomware", "replaced"]["enabled"], "false")
    for name, text, line, words in (
            ("no such detector", "detectors:\n  mass-scam:\n    own: 2\n", 2, "mass-scam"),
            ("no such parameter", "detectors:\n  mass-scan:\n    owm: 2\n", 3, "owm"),
            ("out of range", "detectors:\n  mass-scan:\n    own: 0.5\n", 3, "from 1 to 100"),
            ("no number", "detectors:\n  mass-scan:\n    own: much\n", 3, "much"),
            ("a list", "detectors:\n  mass-scan:\n    own: [1]\n", 3, "one value"),
            ("twice", "detectors:\n  mass-scan:\n    own: 2\n    own: 3\n", 4, "before"),
            ("another section", "colours: {}\n", 1, "detectors"),
            ("no YAML", "detectors: [\n", 2, "YAML"),
            ("hostile", "detectors:\n  \"\\e[31m\": 1\n", 2, "\\x1b[31m")):
        bad = config(d, text)
        for command in (("detectors",), ("investigate", RANSOM, "--case", os.path.join(d, "case"))):
            p = run(*command, "--config", bad, check=2)
            err = p.stderr.decode()
            report(f"{bad}:{line}:" in err and words in err, f"{name}: {command[0]} names file, line and what is wrong", err)
    same("a wrong setting makes no case", os.path.exists(os.path.join(d, "case")), False)
    run("detectors", "--config", os.path.join(d, "none.yaml"), check=1)
    config(d, "")
    run("detectors", "--config", os.path.join(d, "c.yaml"))
    os.mkdir(os.path.join(KEYS, "ashiato"))
    found = config(os.path.join(KEYS, "ashiato"), "detectors:\n  sweep:\n    shares: 9\n", "ashiato.yaml")
    text = run("detectors").stdout.decode()
    report(found in text, "a file in its place is used, and named", text[-400:])
    os.unlink(found)
finish()
