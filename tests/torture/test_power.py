#!/usr/bin/env python3
"""Power cuts and kills at random points of a run: the case opens by itself, what was
acknowledged is there once, the rest is read again from the input.

POWER_CUTS=1000 tries as many points instead of a few; ASHIATO_SEED sets others."""
import gzip
import json
import multiprocessing.pool
import os
import random
import shutil
import sqlite3
import tempfile

from common import FAULTS, attempt, content, differences
from lib import finish, report, run, same
from logs import put, reads
from power import Disk, read_log

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
TMP = tempfile.mkdtemp(prefix="ashiato-power-", dir=MEMORY)
RECORDER = FAULTS.replace("libfaults", "libpower")
CUTS = int(os.environ.get("POWER_CUTS", "30"))
chance = random.Random(int(os.environ.get("ASHIATO_SEED", "7")))


def at(*names):
    return os.path.join(TMP, *names)


# Several inputs, one compressed, one of several blocks: a checkpoint after each
# block, with a clock that runs fast. (What came through a pipe cannot be read again.)
small = reads(0, 600, step=0.7)
INPUTS = [put(at("a.log"), small), put(at("b.log"), reads(700, 300, user="ito", client="10.0.0.9"))]
INPUTS.append(put(at("c.log"), sorted(line for u in range(12) for line in
                                      reads(0, 550, step=31.7, user=f"u{u}", client=f"10.0.1.{u}"))))
INPUTS.append(put(at("d.log.gz"), gzip.compress(b"".join(reads(90000, 300, user="late")))))


def investigate(root, env=None):
    return attempt("investigate", *INPUTS, "--case", os.path.join(root, "case"), "--json",
                   env=dict({"ASHIATO_KEY": os.path.join(root, "keys/ledger.key")}, **(env or {})))


def acknowledged(lines):
    """{input: position} after these lines of standard error."""
    out = {}
    for line in lines.splitlines():
        a = json.loads(line).get("acknowledged") if line.endswith(b"}") else None
        if a is not None:
            out[a["input"]] = a["position"]
    return out


def positions(case):
    """What the case itself says; {} if it was never made."""
    path = os.path.join(case, "case.sqlite")
    if not os.path.exists(path):
        return {}
    db = sqlite3.connect(path)
    try:
        return dict(db.execute("SELECT id, position FROM inputs"))
    except sqlite3.OperationalError:  # a database without tables: killed while it made them
        return {}
    finally:
        db.close()


LIVE = at("live")
os.mkdir(LIVE)
code, err = investigate(LIVE, {"LD_PRELOAD": f"{FAULTS}:{RECORDER}", "FAULT_CLOCK": "100000",
                               "POWER_ROOT": LIVE, "POWER_LOG": at("log")})
same("the run that is recorded", (code, [l for l in err.splitlines() if not l.startswith(b"{")]), (0, []))
LOG = read_log(at("log"))
CHANGES = [i for i, r in enumerate(LOG) if r[0] != "p"]
report(len(CHANGES) > 300 and len(acknowledged(err)) == 4, "the run has changes to cut between",
       (len(CHANGES), acknowledged(err)))
end = Disk(LIVE)
for record in LOG:
    end.change(record)
end.write(at("end"), "all")
different = []
for folder, _, names in os.walk(LIVE):
    for n in names:
        path = os.path.join(folder, n)
        other = path.replace(LIVE, at("end"))
        if n.endswith("-shm"):
            continue
        if not os.path.exists(other) or open(path, "rb").read() != open(other, "rb").read():
            different.append(os.path.relpath(path, LIVE))
same("what was recorded is what happened", different, [])
EXPECTED = content(os.path.join(LIVE, "case"))


def verified(case, codes, when, *more):
    """What verify says where that is not one of these; empty if it is."""
    p = run("verify", "--case", case, *more, check=None)
    return "" if p.returncode in codes else f"verify {when}: exit {p.returncode}: {p.stdout.decode()[:600]}{p.stderr.decode()}"


def cut_at(job):
    """Cuts in front of change n; what is wrong afterwards."""
    number, n, how, seed = job
    root = at(f"cut-{number}")
    disk = Disk(LIVE)
    for record in LOG[:n]:
        disk.change(record)
    disk.write(root, how, random.Random(seed))
    case = os.path.join(root, "case")
    # Shared memory: no program finds it after a cut, nor when the last one was killed.
    if os.path.exists(os.path.join(case, "case.sqlite-shm")):
        os.unlink(os.path.join(case, "case.sqlite-shm"))
    told = acknowledged(b"".join(r[3] for r in LOG[:n] if r[0] == "p"))
    wrong = ""
    if os.path.exists(os.path.join(case, "case.sqlite")):
        wrong = verified(case, (0, 5), "before the next run", "--no-inputs")
    have = positions(case)
    lost = {i: (p, have.get(i)) for i, p in told.items() if (have.get(i) or 0) < p}
    if lost:
        wrong = wrong or f"acknowledged and gone: {lost}"
    code, err = investigate(root)
    if code != 0:
        wrong = wrong or f"the next run: exit {code}: {err.decode(errors='replace')[-300:]}"
    else:
        got = content(case)
        if got != EXPECTED:
            wrong = wrong or differences(got, EXPECTED)
        wrong = wrong or verified(case, (0,), "after the next run")
        left = [f for _, _, files in os.walk(case) for f in files if f.endswith(".tmp")]
        wrong = wrong or (f"left behind: {left}" if left else "")
    shutil.rmtree(root)
    return how, n, wrong


if __name__ == "__main__":
    jobs = [(i, chance.choice(CHANGES), ("synced", "all", "some")[i % 3], chance.random()) for i in range(CUTS)]
    failed = {"synced": [], "all": [], "some": []}
    with multiprocessing.pool.ThreadPool(2) as pool:
        for how, n, wrong in pool.imap_unordered(cut_at, jobs):
            if wrong:
                failed[how].append(f"change {n} of {len(LOG)}: {wrong}")
    names = {"synced": "power cut, only what was fsynced is left", "all": "killed",
             "some": "power cut, any part of the rest is left"}
    for how, list_ in failed.items():
        report(not list_, f"{names[how]}: {sum(j[2] == how for j in jobs)} points, then resumed",
               f"{len(list_)} went wrong\n" + "\n".join(list_[:8]))
    shutil.rmtree(TMP)
    finish()
