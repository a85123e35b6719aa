#!/usr/bin/env python3
"""A case whose files are cut, altered or gone: a message that names the file and
an exit code, never a crash, never an answer that passes over what is missing."""
import glob
import os
import random
import shutil
import sqlite3
import tempfile

from common import attempt
from lib import finish, report, rows, run, same
from logs import put, reads

TMP = tempfile.mkdtemp(prefix="ashiato-torture-")
MORE = put(os.path.join(TMP, "more.log"), reads(400, 50, user="ito", client="10.0.0.9"))
LOG = put(os.path.join(TMP, "audit.log"), reads(0, 400))
WHOLE = os.path.join(TMP, "whole")
run("investigate", LOG, "--case", WHOLE, "--quiet")
ONE = rows("scope", WHOLE, "--all")[0]["id"]
READERS = [["scope", "--all"], ["scope"], ["findings"], ["tracks"], ["coverage"], ["show", ONE],
           ["query", "SELECT * FROM accesses"], ["report"], ["investigate", MORE, "--quiet"],
           ["untouched", "--path", "/srv/share/nobody"], ["tracks", "add", "--account", "kato"], ["tracks", "log"]]
EXITS = (0, 1, 4, 6, 7)


def outcomes(damage):
    """What each command says of a copy of the case with this damage."""
    out = {}
    for command in READERS:
        case = os.path.join(TMP, "case")
        shutil.copytree(WHOLE, case)
        damage(case)
        out[" ".join(command[:2])] = attempt(*command, "--case", case)
        shutil.rmtree(case)
    return out


def judge(name, damage, must_fail, word):
    got = outcomes(damage)
    crashed = {k: v for k, v in got.items() if v[0] not in EXITS}
    same(f"{name}: no command crashes", crashed, {})
    silent = {k: v for k, v in got.items() if v[0] in (1, 4) and not v[1].startswith(b"ashiato: ")}
    same(f"{name}: each failure has a message", silent, {})
    quiet = [k for k in got if k in must_fail and got[k][0] == 0]
    same(f"{name}: no answer passes over it", quiet, [])
    unnamed = {k: v for k, v in got.items() if k in must_fail and v[0] != 0 and word.encode() not in v[1]}
    same(f"{name}: the file is named", unnamed, {})


def cut(pattern, share):
    def damage(case):
        for path in glob.glob(os.path.join(case, pattern), recursive=True):
            os.truncate(path, int(os.path.getsize(path) * share))
    return damage


def flip(pattern, seed):
    def damage(case):
        chance = random.Random(seed)
        for path in glob.glob(os.path.join(case, pattern), recursive=True):
            with open(path, "r+b") as f:
                for _ in range(3):
                    at = chance.randrange(os.path.getsize(path))
                    f.seek(at)
                    byte = f.read(1)[0]
                    f.seek(at)
                    f.write(bytes([byte ^ 1 << chance.randrange(8)]))
    return damage


def gone(pattern):
    def damage(case):
        for path in glob.glob(os.path.join(case, pattern), recursive=True):
            os.unlink(path)
    return damage


ASKS = {"scope --all", "query SELECT * FROM accesses", "show " + ONE, "untouched --path"}
for kind in ("accesses", "paths", "dirs"):
    files = f"store/*/{kind}-*.parquet"
    judge(f"{kind} cut in half", cut(files, 0.5), ASKS, f"{kind}-000001.parquet")
    judge(f"{kind} empty", cut(files, 0), ASKS, f"{kind}-000001.parquet")
    judge(f"{kind} gone", gone(files), ASKS, f"{kind}-000001.parquet")
for seed in range(4):
    judge(f"bits of all segments flipped ({seed})", flip("store/*/*.parquet", seed), set(), "")
judge("the store gone", lambda case: shutil.rmtree(os.path.join(case, "store")), ASKS, "store")
EVERY = {" ".join(c[:2]) for c in READERS}
judge("case.sqlite empty", cut("case.sqlite", 0), EVERY - {"investigate " + MORE}, "")
judge("case.sqlite cut in half", cut("case.sqlite", 0.5), EVERY, "case.sqlite")
judge("case.sqlite gone", gone("case.sqlite"), EVERY - {"investigate " + MORE}, "")
for seed in range(4):
    judge(f"bits of case.sqlite flipped ({seed})", flip("case.sqlite", seed), set(), "")
judge("state file gone", gone("state-*.bin"), {"investigate " + MORE}, "state-")
judge("state file cut", cut("state-*.bin", 0.5), {"investigate " + MORE}, "state-")
judge("state file flipped", flip("state-*.bin", 1), {"investigate " + MORE}, "state-")

# A case in which a table is gone is none, and says so.
def drop(table):
    def damage(case):
        db = sqlite3.connect(os.path.join(case, "case.sqlite"))
        db.execute(f"DROP TABLE {table}")
        db.commit()
        db.close()
    return damage


for table in ("segments", "actors", "inputs", "evidence"):
    judge(f"table {table} gone", drop(table), {"show " + ONE}, "case.sqlite")

# The evidence itself.
for name, damage, code, word in (
        ("the log gone", lambda p: os.unlink(p), (1, 4), "audit.log"),
        ("the log shorter", lambda p: os.truncate(p, 100), (4,), "audit.log"),
        ("the log altered", lambda p: put(p, open(p, "rb").read().replace(b"kato", b"sato")), (4,), "audit.log"),
        ("the log grown", lambda p: put(p, open(p, "rb").read() + b"more\n"), (0,), ""),
        ("the log replaced by another", lambda p: put(p, b"hello\n" * 9000), (4,), "audit.log")):
    with open(LOG, "rb") as f:
        before = f.read()
    damage(LOG)
    got = attempt("show", "--case", WHOLE, ONE)
    report(got[0] in code and word.encode() in got[1], f"{name}: show says so", got)
    put(LOG, before)
# The copy of what came through a pipe.
case = os.path.join(TMP, "piped")
with open(LOG, "rb") as f:
    run("investigate", "-", "--case", case, "--quiet", stdin=f)
one = rows("scope", case, "--all")[0]["id"]
kept = glob.glob(os.path.join(case, "inputs", "*.zst"))[0]
same("a kept copy: shown", attempt("show", "--case", case, one), (0, b""))
os.truncate(kept, os.path.getsize(kept) // 2)
got = attempt("show", "--case", case, one)
report(got[0] in (1, 4) and b"ashiato: " in got[1], "a kept copy that is cut: said", got)
os.unlink(kept)
got = attempt("show", "--case", case, one)
report(got[0] in (1, 4) and os.path.basename(kept).encode() in got[1], "a kept copy that is gone: named", got)

shutil.rmtree(TMP)
finish()
