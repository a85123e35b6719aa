#!/usr/bin/env python3
"""What is recognised in labelled documents: generated ones in many formats, and those of
tests/classes, by hand in other layouts. Recall 0.98, precision 0.95, persons within 5 %."""
import json
import os
import subprocess
import sys
import tempfile

from lib import ASHIATO, ROOT, finish, report, run, same

TOOLS = os.path.join(ROOT, "bench/classes")
ENV = dict(os.environ, CLASSSCAN=os.path.join(os.path.dirname(ASHIATO), "classscan"))


def python(*args):
    return subprocess.run([sys.executable, *args], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def files(folder):
    return {n: open(os.path.join(folder, n), "rb").read() for n in os.listdir(folder)}


with tempfile.TemporaryDirectory() as tmp:
    for seed in ("11", "12"):
        made = python(os.path.join(TOOLS, "corpus.py"), os.path.join(tmp, seed), "--seed", seed)
        same(f"documents are made, seed {seed}", made.returncode, 0)
        got = python(os.path.join(TOOLS, "measure.py"), os.path.join(tmp, seed), "--misses")
        report(got.returncode == 0, f"they are recognised, seed {seed}", got.stdout)
    python(os.path.join(TOOLS, "corpus.py"), os.path.join(tmp, "again"), "--seed", "12")
    same("the same seed makes the same documents", files(os.path.join(tmp, "again")) == files(os.path.join(tmp, "12")), True)
    # The same documents by way of a case, below a folder for each kind of them.
    os.rename(os.path.join(tmp, "12/truth.tsv"), os.path.join(tmp, "truth.tsv"))
    case = os.path.join(tmp, "case")
    run("investigate", os.path.join(ROOT, "demo/capture"), "--case", case, "--quiet", check=None)
    run("classify", "--case", case, "--files", os.path.join(tmp, "12"), "--all", "--quiet")
    with open(os.path.join(tmp, "truth.tsv"), encoding="utf-8") as f:
        truth = [line.rstrip("\n").split("\t") for line in f]
    persons = int(truth[-1][2])
    rows = json.loads(run("persons", "--case", case, "--all", "--json").stdout)
    every = rows[0]
    report(every["by"] == "all" and abs(every["persons"] - persons) <= 0.05 * persons, "persons within 5 %",
           f"{persons} and {every}")
    report(every["low"] <= persons <= every["high"] * 1.02, "their number lies between the bounds", every)
    same("thresholds passed", (every["reached"], every["possible"]), ("100", "100"))
    by_class = {r["group"]: r for r in rows[1:]}
    numbers = len({v for _, c, v in truth if c == "my-number"})
    report(abs(by_class["my-number"]["persons"] - numbers) <= 0.05 * numbers, "persons whose My Number is there",
           f"{numbers} and {by_class['my-number']}")
    folders = json.loads(run("persons", "--case", case, "--all", "--json", "--by", "folder").stdout)
    same("one folder holds them all", folders[1]["persons"], every["persons"])
    nobody = json.loads(run("persons", "--case", case, "--json").stdout)
    same("the tracks touched none of them", nobody[0]["persons"], 0)
    run("persons", "--case", case, "--by", "day", check=2)
    # Nothing that was found is in the case.
    values = {v.encode() for _, c, v in truth if c in ("my-number", "email", "payment-card", "us-ssn", "iban")}
    held = b"".join(open(os.path.join(d, n), "rb").read() for d, _, ns in os.walk(case) for n in ns)
    same("no value that was found is in the case", sorted(v for v in values if v in held), [])
got = python(os.path.join(TOOLS, "measure.py"), os.path.join(ROOT, "tests/classes"), "--misses")
report(got.returncode == 0, "documents by hand are recognised", got.stdout)
finish()
