#!/usr/bin/env python3
"""Power cuts and kills at random points of a run: the case opens by itself, what was
acknowledged is there once, the rest is read again from the input.

POWER_CUTS=1000 tries as many points instead of a few; ASHIATO_SEED sets others."""
import datetime
import gzip
import json
import multiprocessing.pool
import os
import random
import shutil
import sqlite3
import tempfile

from common import FAULTS, attempt, content, differences
import logs
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


def same_files(name, live, disk):
    """What was recorded is what happened."""
    different = []
    disk.write(at("end"), "all")
    for folder, _, names in os.walk(live):
        for n in names:
            path = os.path.join(folder, n)
            other = path.replace(live, at("end"))
            if not n.endswith("-shm") and (not os.path.exists(other) or
                                           open(path, "rb").read() != open(other, "rb").read()):
                different.append(os.path.relpath(path, live))
    same(f"{name}: what was recorded is what happened", different, [])
    shutil.rmtree(at("end"))


def verified(case, codes, when, *more):
    """What verify says where that is not one of these; empty if it is."""
    p = run("verify", "--case", case, *more, check=None)
    return "" if p.returncode in codes else f"verify {when}: exit {p.returncode}: {p.stdout.decode()[:600]}{p.stderr.decode()}"


class Scenario:
    """A run that was recorded, and cut again and again."""

    def __init__(self, name, command, before=None):
        self.name, self.command, self.before = name, command, before
        self.live = at(name)
        os.mkdir(self.live)
        if before:
            shutil.copytree(before, self.live, dirs_exist_ok=True)
        code, err = command(self.live, {"LD_PRELOAD": f"{FAULTS}:{RECORDER}", "FAULT_CLOCK": "100000",
                                        "POWER_ROOT": self.live, "POWER_LOG": at(name + ".log")})
        same(f"{name}: the run that is recorded", (code, [l for l in err.splitlines() if l[:1] != b"{"]), (0, []))
        self.log = read_log(at(name + ".log"))
        self.changes = [i for i, r in enumerate(self.log) if r[0] != "p"]
        same_files(name, self.live, self.disk(len(self.log)))
        self.expected = content(os.path.join(self.live, "case"))
        self.names = self.listing(self.live)

    def disk(self, n):
        """As it was in front of change n."""
        disk = Disk(self.live)
        if self.before:
            disk.load(self.before)
        for record in self.log[:n]:
            disk.change(record)
        return disk

    @staticmethod
    def listing(root):
        """The files of the store: nothing is left over, nothing is gone."""
        return sorted(os.path.relpath(os.path.join(folder, f), root)
                      for folder, _, names in os.walk(os.path.join(root, "case/store")) for f in names)

    def cut_at(self, job):
        """Cuts in front of change n; what is wrong afterwards."""
        number, n, how, seed = job
        root = at(f"{self.name}-{number}")
        case = os.path.join(root, "case")
        self.disk(n).write(root, how, random.Random(seed))
        # Shared memory: no program finds it after a cut, nor when the last one was killed.
        if os.path.exists(os.path.join(case, "case.sqlite-shm")):
            os.unlink(os.path.join(case, "case.sqlite-shm"))
        wrong = ""
        if os.path.exists(os.path.join(case, "case.sqlite")):
            wrong = verified(case, (0, 5), "before the next run", "--no-inputs")
        told, have = acknowledged(b"".join(r[3] for r in self.log[:n] if r[0] == "p")), positions(case)
        lost = {i: (p, have.get(i)) for i, p in told.items() if (have.get(i) or 0) < p}
        if lost:
            wrong = wrong or f"acknowledged and gone: {lost}"
        code, err = self.command(root)
        if code != 0:
            wrong = wrong or f"the next run: exit {code}: {err.decode(errors='replace')[-300:]}"
        else:
            got = content(case)
            wrong = wrong or (differences(got, self.expected) if got != self.expected else "")
            wrong = wrong or verified(case, (0,), "after the next run")
            left = [f for _, _, files in os.walk(case) for f in files if f.endswith(".tmp")]
            wrong = wrong or (f"left behind: {left}" if left else "")
            if self.before and self.listing(root) != self.names:
                wrong = wrong or f"files: {self.listing(root)}"
        shutil.rmtree(root)
        return how, n, wrong

    def cut(self, cuts):
        jobs = [(i, chance.choice(self.changes), ("synced", "all", "some")[i % 3], chance.random())
                for i in range(cuts)]
        failed = {"synced": [], "all": [], "some": []}
        with multiprocessing.pool.ThreadPool(2) as pool:
            for how, n, wrong in pool.imap_unordered(self.cut_at, jobs):
                if wrong:
                    failed[how].append(f"change {n} of {len(self.log)}: {wrong}")
        names = {"synced": "power cut, only what was fsynced is left", "all": "killed",
                 "some": "power cut, any part of the rest is left"}
        for how, list_ in failed.items():
            tried = sum(j[2] == how for j in jobs)
            report(not list_, f"{self.name}: {names[how]}: {tried} points, then run again",
                   f"{len(list_)} went wrong\n" + "\n".join(list_[:8]))


def retain(root, env=None):
    """Nothing of these logs is as young."""
    code, err = attempt("retain", "--keep", "60d", "--case", os.path.join(root, "case"),
                        env=dict({"ASHIATO_KEY": os.path.join(root, "keys/ledger.key")}, **(env or {})))
    return code, err


if __name__ == "__main__":
    reading = Scenario("investigate", investigate)
    report(len(reading.changes) > 300, "the run has changes to cut between", len(reading.changes))
    reading.cut(CUTS)
    # Several segments of one volume; the names of the young one stand in the old ones.
    old = at("old")
    os.mkdir(old)
    logs.BASE -= datetime.timedelta(days=200)
    long_ago = put(at("old.log"), reads(0, 3300, step=0.9))
    logs.BASE = datetime.datetime.now(logs.JST) - datetime.timedelta(days=1)
    lately = put(at("new.log"), reads(0, 300, user="ito"))
    attempt("investigate", long_ago, lately, "--case", os.path.join(old, "case"), "--quiet",
            env={"ASHIATO_KEY": os.path.join(old, "keys/ledger.key"), "LD_PRELOAD": FAULTS, "FAULT_CLOCK": "100000"})
    removing = Scenario("retain", retain, before=old)
    left = [n for n in removing.names if "volume-0001" in n and "paths" not in n and "dirs" not in n]
    report(len(removing.expected[0].splitlines()) == 301 and b"file 0299.xlsx" in removing.expected[0]
           and len(left) <= 3 < len(removing.names), "retain: young accesses keep their names", removing.names)
    removing.cut(CUTS // 2)
    shutil.rmtree(TMP)
    finish()
