#!/usr/bin/env python3
"""What a case loses by a rule, what it may not lose, and who did what to it."""
import datetime
import glob
import json
import os
import shutil
import sqlite3
import tempfile

import ledger_check
import logs
from lib import finish, report, rows, run, same
from logs import put, reads

TMP = tempfile.mkdtemp(prefix="ashiato-retain-")
NOW = datetime.datetime.now(logs.JST)


def at(name):
    return os.path.join(TMP, name)


def aged(name, days, *what, **how):
    logs.BASE = NOW - datetime.timedelta(days=days)
    return put(at(name), reads(*what, **how))


def verify(case, code=0):
    p = run("verify", "--case", case, "--json", check=None)
    got = json.loads(p.stdout)
    same("verify", (p.returncode, got["damages"]), (code, []))
    return got


def paths(case):
    return {r["path"] for r in rows("scope", case, "--all") if r["grade"] == "read"}


CASE = at("case")
OLD = aged("old.log", 900, 0, 200, user="alt", client="10.0.0.1")
MID = aged("mid.log", 500, 300, 200)
NEW = aged("new.log", 2, 900, 100)
for log in (OLD, MID, NEW):
    run("investigate", log, "--case", CASE, "--quiet")
with open(aged("piped.log", 700, 600, 50, user="pipe"), "rb") as f:
    run("investigate", "-", "--case", CASE, "--quiet", stdin=f)
copies = glob.glob(os.path.join(CASE, "inputs/*"))
same("a copy of the pipe is kept", len(copies), 1)
ALL = paths(CASE)

# --- holds ------------------------------------------------------------------------

same("not held", run("hold", "--case", CASE).stdout, b"Not held.\n")
p = run("hold", "--case", CASE, "--reason", "proceedings \x1b[31m 2026-117")
report(b"\x1b" not in p.stdout and b"2026-117" in p.stdout, "held, and the reason is escaped", p.stdout)
p = run("retain", "--case", CASE, "--keep", "400d", check=None)
report(p.returncode == 1 and b"is held" in p.stderr and b"2026-117" in p.stderr, "a held case loses nothing, and says why",
       (p.returncode, p.stderr))
same("a held case lost nothing", paths(CASE), ALL)
report("2026-117" in verify(CASE)["hold"], "verify tells of the hold")
for args in (["--reason", ""], ["--reason", "x" * 4097], ["--reason", "a", "--release"]):
    same(f"hold {args[0]} {args[1][:5]!r}: usage", run("hold", "--case", CASE, *args, check=None).returncode, 2)
run("hold", "--case", CASE, "--release")
same("released", verify(CASE)["hold"], None)

# --- by age -----------------------------------------------------------------------

for args in ([], ["--keep", "x"], ["--keep", "400"], ["--keep", "-3d"], ["--keep", "4dd"], ["--max-size", "1X"],
             ["--max-size", "99999999999999999T"]):
    same(f"retain {' '.join(args)}: usage", run("retain", "--case", CASE, *args, check=None).returncode, 2)
would = json.loads(run("retain", "--case", CASE, "--keep", "600d", "--dry-run", "--json").stdout)
same("a dry run names the segments", [(r["segment"], r["accesses"], r["rule"]) for r in would], [(1, 200, "age"), (4, 50, "age")])
same("a dry run removes nothing", (paths(CASE), len(verify(CASE)["removals"])), (ALL, 0))
did = json.loads(run("retain", "--case", CASE, "--keep", "600d", "--json").stdout)
same("the same is removed", did, would)
left = paths(CASE)
same("what is left", left, {p for p in ALL if int(p[-9:-5]) >= 300 and not 600 <= int(p[-9:-5]) < 650})
got = verify(CASE)
same("verify tells what was removed, when, by which rule",
     [(r["rule"], r["accesses"], r["segments"], r["time"][:10]) for r in got["removals"]],
     [("--keep 600d", 250, 2, datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"))])
same("a second program agrees", ledger_check.check_case(CASE), [])
same("the copy of the pipe went too", glob.glob(os.path.join(CASE, "inputs/*")), [])
row = [r for r in rows("coverage", CASE) if r["reason"] == "retention"]
report(len(row) == 1 and row[0]["state"] == "gap" and row[0]["count"] == 250 and "--keep 600d" in row[0]["text"],
       "coverage says so", row)
with open(os.path.join(CASE, "report.json"), encoding="utf-8") as f:
    model = json.load(f)
report(any("nothing can be dated earlier" in l for l in model["limits"]), "the report says so", model["limits"])
same("sums of accounts are of what is left",
     sorted((r["account"], int(r["accesses"])) for r in json.loads(run("query", "--case", CASE, "--format", "json",
            "SELECT account, accesses FROM actors").stdout)), [("alt", 0), ("kato", 300), ("pipe", 0)])
p = run("untouched", "--case", CASE, "--path", next(iter(sorted(ALL))), check=None)
report(p.returncode == 7 and b"removed" in p.stdout, "what was removed cannot be proved untouched", (p.returncode, p.stdout))
same("nothing more to remove: no entry", (run("retain", "--case", CASE, "--keep", "600d").stdout,
     len(verify(CASE)["removals"])), (b"Nothing is as old or as much as the rule says.\n", 1))
same("an input whose accesses were removed is not read again",
     (run("investigate", OLD, "--case", CASE, "--quiet").returncode, paths(CASE)), (0, left))
one = rows("scope", CASE, "--all")[0]["id"]
same("what is left can be shown", run("show", "--case", CASE, one).returncode, 0)

# --- by size ------------------------------------------------------------------------

size = sum(r[0] for r in sqlite3.connect(os.path.join(CASE, "case.sqlite")).execute("SELECT bytes FROM segments"))
did = json.loads(run("retain", "--case", CASE, "--max-size", str(size - 1), "--json").stdout)
same("the oldest goes", [(r["segment"], r["rule"]) for r in did], [(2, "size")])
same("the youngest stays", paths(CASE), {p for p in ALL if int(p[-9:-5]) >= 900})
verify(CASE)
run("retain", "--case", CASE, "--max-size", "0")
same("all of it can go", (paths(CASE), glob.glob(os.path.join(CASE, "store/*"))), (set(), []))
verify(CASE)
run("investigate", aged("again.log", 1, 2000, 30), "--case", CASE, "--quiet")
same("and the case goes on", len(paths(CASE)), 30)
verify(CASE)

# --- names that later segments use ----------------------------------------------------

# A checkpoint between, within one run: two segments of one volume, the same names in both.
SHARED = at("shared")
first, second = aged("s1.log", 450, 0, 100), aged("s2.log", 3, 0, 120)
run("investigate", first, second, "--case", SHARED, "--quiet")
db = sqlite3.connect(os.path.join(SHARED, "case.sqlite"))
same("whole segments only: one that reaches into the kept time stays",
     (db.execute("SELECT count(*) FROM segments").fetchone(), json.loads(
         run("retain", "--case", SHARED, "--keep", "400d", "--json").stdout)), ((1,), []))

# --- what others do to it ----------------------------------------------------------------

TAMPERED = at("tampered")
shutil.copytree(CASE, TAMPERED)
segment = glob.glob(os.path.join(TAMPERED, "store/*/accesses-*.parquet"))[0]
with open(segment, "rb") as f:
    bytes_ = f.read()
folders = segment.replace("accesses", "folders")
put(folders, open(folders, "rb").read()[:-1] + b"?")
run("retain", "--case", TAMPERED, "--max-size", "0", check=None)
p = run("verify", "--case", TAMPERED, "--json", check=None)
same("what was changed before it was removed is still told",
     (p.returncode, [(d["kind"], d["file"]) for d in json.loads(p.stdout)["damages"]]),
     (4, [("removed", os.path.relpath(folders, TAMPERED))]))
shutil.rmtree(TAMPERED)
shutil.copytree(CASE, TAMPERED)
os.unlink(segment)
p = run("verify", "--case", TAMPERED, "--json", check=None)
same("what is removed without the ledger is damage", (p.returncode, [d["kind"] for d in json.loads(p.stdout)["damages"]]),
     (4, ["missing"]))
run("retain", "--case", CASE, "--max-size", "0")
put(segment.replace(TAMPERED, CASE), bytes_) if os.path.isdir(os.path.dirname(segment.replace(TAMPERED, CASE))) else (
    os.makedirs(os.path.dirname(segment.replace(TAMPERED, CASE))), put(segment.replace(TAMPERED, CASE), bytes_))
p = run("verify", "--case", CASE, "--json", check=None)
same("what was removed and lies there again is not covered",
     (p.returncode, [(d["kind"], d["file"]) for d in json.loads(p.stdout)["not_covered"]]),
     (5, [("unfinished", os.path.relpath(segment, TAMPERED))]))

# --- who did what --------------------------------------------------------------------------

acts = json.loads(run("custody", "--case", CASE, "--json").stdout)
did = [(a["act"], a["what"]) for a in acts if a["act"] not in ("input", "end", "key", "case")]
same("custody: the first runs", did[:2], [("run", f"investigate {OLD} --case {CASE} --quiet"),
                                          ("run", f"investigate {MID} --case {CASE} --quiet")])
same("custody: hold and release, with what was refused between",
     [a for a, _ in did[4:10]], ["run", "hold", "run", "run", "release", "run"])
same("custody: removals with their rules", [w for a, w in did if a == "retain"][:2], ["--keep 600d", f"--max-size {size - 1}"])
inputs = {a["what"]: a["sha256"] for a in acts if a["act"] == "input"}
same("custody: inputs with their hashes", inputs[NEW], ledger_check.sha256(open(NEW, "rb").read()).hex())
ends = [a["exit"] for a in acts if a["act"] == "end"]
report(ends[:5] == [0, 0, 0, 0, 0] and 1 in ends and len(ends) == len([a for a in acts if a["act"] == "run"]),
       "custody: each run has an end and its exit code", ends)
who = {(a["user"], a["uid"], a["version"]) for a in acts if a["act"] == "run"}
report(len(who) == 1 and next(iter(who))[1] == os.getuid(), "custody: who, with which version", who)
entry = next(a["entry"] for a in acts if a["act"] == "retain")
proof = json.loads(run("ledger", "prove", "--case", CASE, "--entry", str(entry)).stdout)
key = run("ledger", "key").stdout.decode().split()[1]
report(ledger_check.proof_holds(proof, key) and json.loads(proof["text"])["rule"] == "--keep 600d", "custody: each line can be proved")
report(b"retain" in run("custody", "--case", CASE).stdout, "custody: for people")
p = run("custody", "--case", SHARED + "x", check=None)
report(p.returncode == 1 and b"is not a case" in p.stderr or b"no ledger" in p.stderr, "custody: of no case", p.stderr)

shutil.rmtree(TMP)
finish()
