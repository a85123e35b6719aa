#!/usr/bin/env python3
"""Limits of src/base/limits.h that nothing else reaches: at each, what is over it is counted or
refused with its number. tests/limits says which test reaches which."""
import json
import os
import shutil
import tempfile

from lib import finish, report, rows, run, same
from logs import put, read_lines, reads, record

TMP = tempfile.mkdtemp(prefix="ashiato-limits-")


def at(*names):
    return os.path.join(TMP, *names)


def said(name, code, word, *args, **how):
    p = run(*args, check=None, **how)
    report(p.returncode == code and word in p.stderr + p.stdout, name, (p.returncode, p.stderr[-300:]))


CASE = at("case")
LOG = put(at("audit.log"), [line for i in range(130) for line in read_lines("/srv/share/one.txt", i * 1200.0)])
run("investigate", LOG, "--case", CASE, "--quiet")

# --- what is asked ---------------------------------------------------------------------

put(at("list"), b"".join(b"/srv/share/%d\n" % i for i in range(100_001)))
said("ASH_ASKED_PATHS_MAX", 1, b"at most 100000 paths", "untouched", "--case", CASE, "--list", at("list"))
with open(at("big"), "wb") as f:
    f.truncate((64 << 20) + 1)
said("ASH_ASKED_LIST_MAX", 1, b"larger than 67108864 bytes", "untouched", "--case", CASE, "--list", at("big"))
put(at("long"), b"/" + b"x" * 65536 + b"\n")
said("ASH_PATH_MAX", 2, b"at most 65536 bytes", "untouched", "--case", CASE, "--list", at("long"))
got = json.loads(run("untouched", "--case", CASE, "--path", "/srv/share/one.txt", "--json", check=None).stdout)
text = json.dumps(got)
same("ASH_TOUCHES_SHOWN: a hundred are told, all are counted", (text.count('"id": "A'), "130" in text), (100, True))
said("ASH_NAME_MAX", 2, b"at most 1024 bytes", "tracks", "add", "--case", CASE, "--account", "kato", "--by", "x" * 1025)
said("ASH_WHY_MAX", 2, b"at most 4096 bytes", "tracks", "add", "--case", CASE, "--account", "kato", "--why", "x" * 4097)
said("ASH_DECODERS_MAX", 2, b"from 0 to 8", "investigate", LOG, "--case", at("x"), "--threads", "9")

# --- what is given ----------------------------------------------------------------------

deep = at("deep")
inner = os.path.join(deep, *["d"] * 70)
os.makedirs(inner)
put(os.path.join(inner, "hidden.log"), reads(0, 3))
put(os.path.join(deep, "seen.log"), reads(0, 3))
run("investigate", deep, "--case", at("deep-case"), "--quiet")
with open(at("deep-case", "report.json"), encoding="utf-8") as f:
    problems = [i["problem"] for i in json.load(f)["inputs"] if i["state"] == "unreadable"]
report(len(problems) == 1 and "64 folders deep" in problems[0], "ASH_FOLDER_DEPTH_MAX", problems)
lost = [record(i * 2.0, "imudp: 3 messages lost").replace(b"smbd_audit", b"rsyslogd")
        for i in range(10_050)]
run("investigate", put(at("lost.log"), reads(0, 3) + lost), "--case", at("lost-case"), "--quiet")
kept = [r for r in rows("coverage", at("lost-case")) if r["reason"] in ("rate-limit", "lost-messages")]
same("ASH_COVERAGE_MAX: the rest is summed, nothing is lost", (len(kept) <= 10_000, sum(r["count"] for r in kept)), (True, 30_150))

# --- damage ----------------------------------------------------------------------------

for i in range(10_020):
    put(os.path.join(CASE, "store", f"planted-{i}"), b"")
p = run("verify", "--case", CASE, "--no-inputs", "--json", check=None)
got = json.loads(p.stdout)
same("ASH_LEDGER_DAMAGES_MAX: more are counted", (p.returncode, len(got["damages"]), got["more_damages"]), (4, 10_000, 20))

shutil.rmtree(TMP)
finish()
