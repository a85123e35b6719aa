#!/usr/bin/env python3
"""What every source and detector must bring along: see source.h and detector.h."""
import glob
import json
import os
import re

from lib import ROOT, finish, report, run, same


def path(*parts):
    return os.path.join(ROOT, *parts)


def symbols(table, macro):
    with open(path(table), encoding="utf-8") as f:
        return re.findall(rf"^{macro}\((\w+)\)", f.read(), re.M)


def text_of(name):
    if not os.path.exists(name):
        return ""
    with open(name, encoding="utf-8") as f:
        return f.read()


listed = json.loads(run("sources", "--json").stdout)
rows = symbols("src/source/sources.def", "SOURCE")
same("`ashiato sources` lists sources.def", [s["source"].replace("-", "_") for s in listed], rows)
for symbol, s in zip(rows, listed):
    name = s["source"]
    page = text_of(path("docs/sources", s["page"]))
    report(f"`{name}`" in page, f"{name}: docs/sources/{s['page']} speaks of it")
    report(len(s["reads"]) > 10, f"{name}: says what it reads", s["reads"])
    corpus = [f for f in glob.glob(path("tests/corpus", symbol, "**"), recursive=True) if os.path.isfile(f)]
    report(len(corpus) > 0, f"{name}: tests/corpus/{symbol} has inputs")
    report(os.path.exists(path("tests/golden", name, "expected.tsv")), f"{name}: tests/golden/{name}")
    counts = dict(re.findall(r"^(input\.\w+)\t.*\t(\d+)$", text_of(path("tests/golden", name, "expected.tsv")), re.M))
    report(any(int(n) > 0 for n in counts.values()), f"{name}: its golden case has bad records too", counts)
orphans = {d.split(".")[0] for d in os.listdir(path("tests/golden")) if d != "README.md"} - {s["source"] for s in listed}
same("every golden case is of a source", orphans, set())

params = json.loads(run("detectors", "--json").stdout)
rows = symbols("src/detect/detectors.def", "DETECTOR")
same("`ashiato detectors` lists detectors.def",
     list(dict.fromkeys(p["detector"].replace("-", "_") for p in params)), rows)
for p in params:
    good = p["about"].endswith(".") and p["help"] != "" and float(p["min"]) <= float(p["default"]) <= float(p["max"])
    report(good, f"{p['detector']}: {p['parameter']} has a meaning, a range and a default within it", p)
shown = run("detectors").stdout.decode()
for name, about in {(p["detector"], p["about"]) for p in params}:
    report(f"{name}\n  {about}\n" in shown, f"{name}: `ashiato detectors` says what it looks for", shown)

finish()
