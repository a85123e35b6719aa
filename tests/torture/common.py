"""What the torture tests share: a case's content, comparable between runs."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from lib import ASHIATO, ROOT, run  # noqa: E402

FAULTS = os.path.join(ROOT, "build/release/tests/libfaults.so")
ENV = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC")
ENV.pop("LANGUAGE", None)


def content(case):
    """All that a case holds, but for the numbers of accesses, which depend on how
    the run was divided."""
    query = ("SELECT * EXCLUDE (id, session) FROM accesses ORDER BY ALL")
    rows = run("query", "--case", case, "--format", "tsv", query).stdout
    sessions = run("query", "--case", case, "--format", "tsv",
                   "SELECT * EXCLUDE (session) FROM sessions ORDER BY ALL").stdout
    with open(os.path.join(case, "report.json"), encoding="utf-8") as f:
        report = json.load(f)
    for row in report["files"]["rows"]:
        row[0] = None
    return rows, sessions, json.dumps(report, sort_keys=True)


def differences(got, expected):
    """Where two contents differ, for people."""
    out = []
    for name, a, b in zip(("accesses", "sessions"), got, expected):
        a, b = a.splitlines(), b.splitlines()
        if a != b:
            out.append(f"{name}: {len(a)} rows, expected {len(b)}")
            out += [f"  extra {x!r}" for x in sorted(set(a) - set(b))[:3]]
            out += [f"  missing {x!r}" for x in sorted(set(b) - set(a))[:3]]
    a, b = json.loads(got[2]), json.loads(expected[2])
    out += [f"  report {k}: {str(a[k])[:200]} / {str(b[k])[:200]}" for k in b if a.get(k) != b[k]][:5]
    return "\n".join(out)


def start(*args, env=None, **how):
    return subprocess.Popen([ASHIATO, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env=dict(ENV, **(env or {})), **how)


def attempt(*args, env=None, timeout=120, **how):
    """A run that may fail: (exit code, standard error)."""
    p = start(*args, env=env, **how)
    try:
        _, err = p.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        p.kill()
        p.communicate()
        return None, b"did not end"
    return p.returncode, err
