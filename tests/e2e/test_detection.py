#!/usr/bin/env python3
"""bench/detection measures what it says: who gets credit, what the tables say, and that a
stopped run goes on. Its figures on real worlds are not the matter here."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from lib import ASHIATO, ROOT, finish, report, same

sys.path.insert(0, os.path.join(ROOT, "bench"))
sys.dont_write_bytecode = True
from detecting import intervals, matching  # noqa: E402

BENCH = os.path.join(ROOT, "bench/detection")
DAY = "2026-01-05T"


def truth(origin="foreign", scenario="fast-scan", phase="list", alikes=()):
    """An intrusion from 10:00 to 10:10: a folder listed a minute, then a file read a minute."""
    rows = [{"time": f"{DAY}10:{m:02}:00+09:00", "account": "ito", "client": "10.9.9.9", "server": "fs01", "share": "kyoyu",
             "path": f"/srv/{m}", "grade": "listed" if m < 5 else "read", "new_path": ""} for m in range(11)]
    times = {"from": f"{DAY}10:00:00+09:00", "to": f"{DAY}10:10:00+09:00"}
    summary = {"scenario": scenario, "style": {"origin": origin}, "look_alikes": list(alikes),
               "intruder": [{"account": "ito", "client": "10.9.9.9", "workstation": "X", **times}],
               "phases": [{"name": phase, "logons_refused": 0, **times}]}
    return matching.Truth(summary, rows)


def finding(at, first="09:59", account="ito", client="10.9.9.9", severity="high", kind="mass-listing"):
    return {"time": f"{DAY}{at}:30+09:00", "first": f"{DAY}{first}:00+09:00", "account": account, "client": client,
            "severity": severity, "kind": kind}


def credit():
    def alarm(t, *findings, part="scan"):
        got = matching.measure(list(findings), t)
        return got["parts"][part]["high"], len(got["false"])

    got, false = alarm(truth(), finding("10:03"))
    same("an alarm in the intrusion is credited", (got["seconds"], got["folders"], got["files"], false), (210, 4, 0, 0))
    same("the first one counts", alarm(truth(), finding("10:07"), finding("10:03"))[0]["seconds"], 210)
    same("files until the alarm", alarm(truth(), finding("10:07"))[0]["files"], 3)
    for name, f in (("before the intrusion", finding("09:30", first="09:20")),
                    ("of another account and client", finding("10:03", account="abe", client="10.1.1.1")),
                    ("of the account at another client", finding("10:03", client="10.1.1.1")),
                    ("more than a day later", dict(finding("10:03"), time="2026-01-06T10:30:00+09:00")),
                    ("that ends before the first footprint", finding("09:59", first="09:50"))):
        same(f"an alarm {name} is false", alarm(truth(), f), (None, 1))
    same("of another account at a client that is the intruder's alone", alarm(truth(), finding("10:03", account="abe"))[1], 0)
    same("of another account at somebody's own PC", alarm(truth("own-pc"), finding("10:03", account="abe")), (None, 1))
    same("the time it became serious counts, where it is stated",
         alarm(truth(), dict(finding("10:03"), raised=f"{DAY}10:08:30+09:00"))[0]["seconds"], 510)
    got = matching.measure([finding("10:03", severity="medium")], truth())["parts"]["scan"]
    same("medium is not high", (got["high"], got["medium"]["seconds"]), (None, 210))
    lost = truth(scenario="ransomware", phase="encrypt")
    for r in lost.rows:
        r["grade"] = "written"
    lost.rows[0]["path"] = "/srv/README_復元方法.txt"
    lost.rows[2]["path"] = lost.rows[1]["path"] + ".locked"
    same("files lost, without notes and twice", alarm(lost, finding("10:03"), part="encrypt")[0]["lost"], 2)


def blame():
    def row(kind, account, client, begin, end):
        return {"kind": kind, "account": account, "client": client, "workstation": None,
                "from": f"{DAY}{begin}:00+09:00", "to": f"{DAY}{end}:00+09:00"}

    t = truth(alikes=[row("vpn", "abe", None, "00:00", "23:59"), row("archive", "abe", "10.1.1.1", "12:00", "12:10"),
                      row("backup", "svc", "10.1.1.2", "01:00", "02:00")])
    found = [finding("12:05", "12:01", "abe", "10.1.1.1"), finding("15:00", "14:59", "abe", "10.1.1.1"),
             finding("01:30", "01:00", "svc", "10.1.1.2"), finding("15:00", "14:59", "svc", "10.1.1.2"),
             finding("12:05", "12:01", "ota", "10.1.1.3")]
    same("false alarms by what they are about", [f[2] for f in matching.measure(found, t)["false"]],
         ["archive", "vpn", "backup", "other", "other"])


def figures():
    def near(name, got, want):
        report(all(abs(g - w) < 1e-3 for g, w in zip(got, want)), name, f"{got} {want}")

    near("Wilson, 8 of 10", intervals.wilson(8, 10), (0.4902, 0.9433))
    near("Wilson, 20 of 20", intervals.wilson(20, 20), (0.8389, 1.0))
    near("Poisson, none", intervals.poisson(0), (0.0, 3.6889))
    near("Poisson, 5", intervals.poisson(5), (1.6235, 11.6683))
    near("Poisson, 100", intervals.poisson(100), (81.3640, 121.6272))
    same("quantiles", [intervals.quantile([4, 1, 3, 2], q) for q in (0.5, 0.9)], [2, 4])
    same("half never: the median is finite, the rest is not",
         [intervals.quantile([1, float("inf")], q) for q in (0.5, 0.9)], [1, float("inf")])


def bench(folder, *args):
    p = subprocess.run([sys.executable, "-B", BENCH, "--quick", "--jobs", "1", "--seeds", "7-8", "--scratch",
                        os.path.join(folder, "scratch"), "--results", os.path.join(folder, "results.tsv"), *args],
                       capture_output=True, text=True, timeout=200, env=dict(os.environ, ASHIATO=ASHIATO))
    return p.returncode, p.stdout, p.stderr


def cell(text, scenario, column):
    for line in text.splitlines():
        cells = [c.strip() for c in line.split("|")[1:-1]]
        if cells[:1] == [scenario] and len(cells) == 10:
            return cells[column]
    return None


def runs():
    folder = tempfile.mkdtemp(prefix="ashiato-test-")
    results = os.path.join(folder, "results.tsv")
    os.mkdir(os.path.join(folder, "scratch"))
    names = "fast-scan,spraying,look-alikes"
    try:
        code, out, err = bench(folder, "--scenarios", names)
        same("a run ends well", (code, err), (0, ""))
        same("every seed is in the table", (cell(out, "fast-scan", 3), cell(out, "spraying", 3)), ("2", "2"))
        same("no world is left", os.listdir(os.path.join(folder, "scratch")), [])
        with open(results, encoding="utf-8") as f:
            lines = f.read().splitlines()
        same("a line for each world", len(lines), 6)
        same("a second run measures nothing", bench(folder, "--scenarios", names)[1].splitlines()[0][:4], "####")
        with open(results, "w", encoding="utf-8") as f:
            f.write("\n".join(lines[:-1]) + "\n" + lines[-1][:-20])
        out = bench(folder, "--scenarios", names)[1]
        same("a line cut short is measured again", out.splitlines()[0].split()[:1], lines[-1].split("\t")[:1])
        report("6 of 6 worlds" in out, "and counted once", out)
        plant(folder, results, lines)
        code, _, err = bench(folder, "--scenarios", "no-such", "--users", "3")
        report(code != 0 and "Traceback" not in err, "an unknown scenario is refused", err)
    finally:
        shutil.rmtree(folder)


def plant(folder, results, lines):
    """A result that is not true changes the table."""
    def table(high):
        with open(results, "w", encoding="utf-8") as f:
            for line in lines:
                key, _, value = line.rpartition("\t")
                got = json.loads(value)
                if key.startswith("fast-scan"):
                    got["parts"]["scan"]["high"] = high
                    got["false"] = [["high", "planted-kind", "archive"]] if high else []
                f.write(key + "\t" + json.dumps(got) + "\n")
        return bench(folder, "--scenarios", "fast-scan", "--report")[1]

    none = table(None)
    fast = table({"kind": "planted-kind", "seconds": 3.5, "folders": 900, "files": 7, "lost": 0})
    slow = table({"kind": "planted-kind", "seconds": 90, "folders": 900, "files": 7, "lost": 0})
    same("planted: detected at high", [cell(t, "fast-scan", 4)[:5].split()[0] for t in (none, fast, slow)], ["0", "100", "100"])
    same("planted: in time", [cell(t, "fast-scan", 7) for t in (none, fast, slow)], ["no", "yes", "no"])
    same("planted: until the alarm", [cell(t, "fast-scan", 8).split(" (")[0] for t in (none, fast, slow)],
         ["never", "3.5 s", "90.0 s"])
    report("planted-kind 2" in fast and "planted-kind" not in none, "planted: false alarms are counted", fast)


credit()
blame()
figures()
runs()
finish()
