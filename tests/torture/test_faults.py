#!/usr/bin/env python3
"""The process is killed, or the system refuses, at one call after the other that
changes a file: the next run goes on, and the case holds what an undisturbed run
puts into it."""
import multiprocessing.pool
import os
import re
import shutil
import tempfile

from common import FAULTS, attempt, content, differences
from lib import finish, report, run, same
from logs import put, reads

# In memory where that can be had: what is durable is not at stake, calls are.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
TMP = tempfile.mkdtemp(prefix="ashiato-torture-", dir=MEMORY)
# Two files with one beginning, and one of several blocks: with the clock running
# fast there is a checkpoint after each block.
small = reads(0, 600, step=0.7)
INPUTS = [put(os.path.join(TMP, "a.log"), small[:1500]), put(os.path.join(TMP, "b.log"), small)]
many = [line for u in range(12) for line in reads(0, 550, step=31.7, user=f"u{u}", client=f"10.0.1.{u}")]
INPUTS.append(put(os.path.join(TMP, "c.log"), sorted(many)))
PRELOAD = {"LD_PRELOAD": FAULTS, "FAULT_CLOCK": "100000"}


def key_of(case):
    """A key of its own: making it is part of each run."""
    return case + ".keys/ledger.key"


def faulty(case, at, what, **more):
    return attempt("investigate", *INPUTS, "--case", case, "--quiet",
                   env=dict(PRELOAD, ASHIATO_KEY=key_of(case), FAULT_AT=str(at), FAULT_DO=what, **more))


def resumed(case):
    """What is wrong after the next run; empty if nothing is."""
    code, err = attempt("investigate", *INPUTS, "--case", case, "--quiet", env={"ASHIATO_KEY": key_of(case)})
    if code != 0:
        return f"the next run: exit {code}: {err.decode(errors='replace')[:300]}"
    got = content(case)
    found, said = attempt("verify", "--case", case)
    if found != 0:
        return f"verify: exit {found}"
    left = [f for _, _, files in os.walk(case) for f in files if f.endswith(".tmp")]
    return differences(got, EXPECTED) if got != EXPECTED else f"left behind: {left}" if left else ""


def one(job):
    what, at = job
    case = os.path.join(TMP, f"{what}-{at}")
    code, err = faulty(case, at, what)
    wrong = ""
    if what == "kill" and code != -9:
        wrong = f"exit {code}, not killed"
    elif code == 0:  # nothing that takes space came after it, or it does not matter
        wrong = differences(content(case), EXPECTED)
    elif what == "full" and (code != 1 or case.encode() not in err):
        wrong = f"exit {code}: {err.decode(errors='replace')[:300]}"
    elif what == "full" and not re.search(b"No space left.*|case.sqlite: the case cannot be", err):
        wrong = f"does not say that the disk is full: {err.decode(errors='replace')[:300]}"
    elif what == "full" and b"No space left" in err and b"free some space" not in err:
        wrong = f"does not say what to do: {err.decode(errors='replace')[:300]}"
    elif what == "io" and code not in (0, 1):
        wrong = f"exit {code}: {err.decode(errors='replace')[:300]}"
    elif what == "io" and code == 1 and not err.startswith(b"ashiato: "):
        wrong = f"no message: {err[:300]}"
    # A crash is never taken for damage.
    found, _ = attempt("verify", "--case", case, "--no-inputs")
    if found not in (0, 5) and os.path.exists(os.path.join(case, "ledger")):
        wrong = wrong or f"verify before the next run: exit {found}"
    wrong = wrong or resumed(case)
    shutil.rmtree(case, ignore_errors=True)
    shutil.rmtree(os.path.dirname(key_of(case)), ignore_errors=True)
    return what, at, wrong


whole = os.path.join(TMP, "whole")
count_file = os.path.join(TMP, "count")
code, err = faulty(whole, 0, "kill", FAULT_COUNT=count_file)
same("with the faults' library but no fault", (code, err), (0, b""))
EXPECTED = content(whole)
with open(count_file, encoding="ascii") as f:
    calls = int(f.read())
report(calls > 200, "the run has calls to disturb", calls)
plain = os.path.join(TMP, "plain")
run("investigate", *INPUTS, "--case", plain, "--quiet")
same("many checkpoints or one: the same content", differences(content(plain), EXPECTED), "")

case = os.path.join(TMP, "short")
code, err = faulty(case, 1, "short")
same("writes that take less than they were given", (code, err), (0, b""))
same("writes that take less than they were given: the same content", differences(content(case), EXPECTED), "")

# All of them take ten minutes: TORTURE=all.
EVERY = {"kill": 7, "full": 13, "io": 17} if os.environ.get("TORTURE") != "all" else {"kill": 1, "full": 1, "io": 1}
jobs = [(what, n) for what, step in EVERY.items() for n in range(step // 2 + 1, calls + 1, step)]
if __name__ == "__main__":
    failed = {"kill": [], "full": [], "io": []}
    with multiprocessing.pool.ThreadPool(2) as pool:
        for what, at, wrong in pool.imap_unordered(one, jobs):
            if wrong:
                failed[what].append(f"call {at}: {wrong}")
    names = {"kill": "killed", "full": "disk full", "io": "I/O error"}
    for what, list_ in failed.items():
        tried = sum(j[0] == what for j in jobs)
        report(not list_, f"{names[what]} at {tried} of {calls} calls, then resumed",
               f"{len(list_)} went wrong\n" + "\n".join(list_[:8]))
    shutil.rmtree(TMP)
    finish()
