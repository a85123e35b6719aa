#!/usr/bin/env python3
"""Retention, holds and exports while the disk is full, calls fail, or the process is killed:
said, nothing half done stays, and the same command then does it."""
import os
import random
import shutil
import tempfile

from common import FAULTS, attempt
from lib import finish, report, rows, run, same
from logs import put, reads

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
TMP = tempfile.mkdtemp(prefix="ashiato-acts-", dir=MEMORY)
chance = random.Random(int(os.environ.get("ASHIATO_SEED", "7")))
POINTS = 1000 if os.environ.get("TORTURE") == "all" else 4


def at(*names):
    return os.path.join(TMP, *names)


WHOLE = at("whole")
for i in range(2):
    run("investigate", put(at(f"{i}.log"), reads(i * 1000, 600)), "--case", WHOLE, "--quiet")
ACTS = {"retain": ["retain", "--max-size", "0"], "hold": ["hold", "--reason", "x"],
        "export": ["export", "--inputs", "--bundle", "{}.tar.zst"]}


def act(name, case, **env):
    return attempt(*[w.format(case) for w in ACTS[name]], "--case", case, env=env)


def done(name, case):
    """Whether it is done, and whole."""
    if name == "retain":
        return rows("scope", case, "--all") == [] and not os.listdir(os.path.join(case, "store"))
    if name == "hold":
        return run("hold", "--case", case).stdout == b"Held: x\n"
    return run("verify", "--bundle", case + ".tar.zst", check=None).returncode == 0


for name in ACTS:
    case, count = at(name), at("count")
    shutil.copytree(WHOLE, case)
    code, err = act(name, case, LD_PRELOAD=FAULTS, FAULT_COUNT=count)
    report(code == 0 and done(name, case), f"{name}: done", err)
    with open(count, encoding="ascii") as f:
        calls = int(f.read())
    jobs = [(what, n) for what in ("full", "io", "kill")
            for n in (range(1, calls + 1) if POINTS >= calls else sorted(chance.sample(range(1, calls + 1), POINTS)))]
    wrong = []
    for what, n in jobs:
        case = at(f"{name}-{what}-{n}")
        shutil.copytree(WHOLE, case)
        code, err = act(name, case, LD_PRELOAD=FAULTS, FAULT_AT=str(n), FAULT_DO=what)
        label = f"{what} at {n} of {calls}"
        if what == "kill" and code != -9 or what != "kill" and code not in (0, 1) or code == 1 and not err.startswith(b"ashiato: "):
            wrong.append(f"{label}: exit {code}: {err[-200:]}")
        if attempt("verify", "--case", case, "--no-inputs")[0] not in (0, 5):
            wrong.append(f"{label}: taken for damage")
        bundle = case + ".tar.zst"
        if os.path.exists(bundle):
            if run("verify", "--bundle", bundle, check=None).returncode != 0:
                wrong.append(f"{label}: half a bundle")
            os.unlink(bundle)
        if what != "kill" and os.path.exists(bundle + ".tmp"):
            wrong.append(f"{label}: something is left beside it")
        code, err = act(name, case)
        if code != 0 or not done(name, case) or attempt("verify", "--case", case)[0] != 0:
            wrong.append(f"{label}: again: exit {code}: {err[-200:]}")
        shutil.rmtree(case)
    same(f"{name}: disturbed at {len(jobs)} points, then done", wrong, [])

shutil.rmtree(TMP)
finish()
