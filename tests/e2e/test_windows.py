"""Windows file servers, end to end: cases that wincase.py builds (no public log shows
clients reading files) in every form and order, against what really happened."""
import collections
import json
import os
import random
import tempfile

import wincase
import winlog
from lib import report, run, same

LOCAL = {"Finance": "D:\\Shares\\Finance", "Projects": "D:\\Shares\\Projects", "人事": "D:\\Shares\\人事"}


def scope(case, *more):
    return json.loads(run("scope", "--case", case, "--all", "--json", *more).stdout)


def investigate(d, *inputs):
    case = os.path.join(d, "case")
    done = run("investigate", *inputs, "--case", case, "--quiet")
    return case, done


def by_client(case, grade):
    """{(account, client): paths} of one grade, from accesses one by one."""
    rows = json.loads(run("query", "--case", case, "--json",
                          "SELECT account, client, path FROM accesses WHERE grade = '%s' AND "
                          "share <> 'IPC$'" % grade).stdout)
    got = collections.defaultdict(set)
    for r in rows:
        got[(r["account"], r["client"])].add(r["path"])
    return got


def local_paths(server, deeds):
    return {server.local(x) for x in deeds}


def check_reads(name, case, made):
    got = by_client(case, "read")
    want = {who: local_paths(made.server, d.read) for who, d in made.truth.items() if d.read}
    got = {who: paths for who, paths in got.items() if paths}
    if got != want:
        for who in sorted(set(got) | set(want), key=str):
            a, b = got.get(who, set()), want.get(who, set())
            if a != b:
                print("#", who, "missing", sorted(b - a)[:5], "extra", sorted(a - b)[:5])
    same(f"{name}: every client's files read", got == want, True)


def check_all(name, case, made):
    check_reads(name, case, made)
    for grade, deeds in (("listed", "listed"), ("denied", "denied")):
        got = by_client(case, grade)
        want = {who: local_paths(made.server, getattr(d, deeds)) for who, d in made.truth.items()
                if getattr(d, deeds)}
        missing = {who: sorted(p - got.get(who, set()))[:4] for who, p in want.items() if p - got.get(who, set())}
        same(f"{name}: every client's paths {grade}", missing, {})


if __name__ == "__main__":
    made = wincase.make(seed=1)
    with tempfile.TemporaryDirectory(prefix="ashiato-test-") as d:
        path = os.path.join(d, "Security.evtx")
        winlog.put_evtx(path, made.events)
        case, done = investigate(d, path)
        check_all("evtx", case, made)
