#!/usr/bin/env python3
"""Runs that are stopped, killed, watched, doubled, or out of space."""
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from common import ENV, FAULTS, attempt, content, differences, start
from lib import ASHIATO, finish, report, rows, run, same
from logs import names, put, reads

TMP = tempfile.mkdtemp(prefix="ashiato-torture-")
CLOCK = {"LD_PRELOAD": FAULTS, "FAULT_CLOCK": "2000"}


def at(name):
    return os.path.join(TMP, name)


BIG = put(at("big.log"), sorted(line for u in range(15) for line in
                                reads(0, 1500, step=3.1, user=f"u{u}", client=f"10.0.1.{u}")))
run("investigate", BIG, "--case", at("whole"), "--quiet")
EXPECTED = content(at("whole"))


def resumes(name, case, *inputs, expected=EXPECTED):
    code, err = attempt("investigate", *(inputs or [BIG]), "--case", case, "--quiet")
    same(f"{name}: the next run", (code, err), (0, b""))
    if code == 0:
        same(f"{name}: the same content", differences(content(case), expected), "")


# --- killed whenever ---------------------------------------------------------

chance = random.Random(7)
started = time.monotonic()
attempt("investigate", BIG, "--case", at("timed"), "--quiet", env=CLOCK)
took = time.monotonic() - started
wrong, kills = [], 0
for i in range(3):
    case = at("kill")
    while True:
        p = start("investigate", BIG, "--case", case, "--quiet", env=CLOCK)
        time.sleep(chance.uniform(0.02, took))
        if p.poll() is None:
            p.kill()
        p.communicate()
        kills += p.returncode == -9
        if p.returncode == 0:
            break
        if p.returncode != -9:
            wrong.append(f"exit {p.returncode}")
            break
    if content(case) != EXPECTED:
        wrong.append(differences(content(case), EXPECTED))
    shutil.rmtree(case)
report(not wrong and kills > 0, "killed again and again until it is through", "\n".join(wrong[:3]) or kills)

# --- stopped ------------------------------------------------------------------

for sig in (signal.SIGINT, signal.SIGTERM):
    name = signal.Signals(sig).name
    case, fifo = at("stop-" + name), at("fifo-" + name)
    os.mkfifo(fifo)
    p = start("investigate", BIG, fifo, "--case", case, "--quiet")
    w = os.open(fifo, os.O_WRONLY)
    os.write(w, b"".join(reads(0, 3, user="late")))  # less than is looked at first: it waits
    time.sleep(0.5)
    p.send_signal(sig)
    try:
        _, err = p.communicate(timeout=20)
        same(f"{name} while a pipe has nothing to say: exit code", p.returncode, 130)
        report(b"continues" in err.replace(b"\n", b" "), f"{name}: the person is told", err)
    except subprocess.TimeoutExpired:
        p.kill()
        report(False, f"{name} while a pipe has nothing to say: it waits on")
    os.close(w)
    resumes(name, case)
    case = at("mid-" + name)
    codes = set()
    for i in range(8):
        p = start("investigate", BIG, "--case", case, "--quiet", env=CLOCK)
        time.sleep(took * (i + 1) / 5)
        if p.poll() is None:
            p.send_signal(sig)
        _, err = p.communicate(timeout=60)
        codes.add(p.returncode)
        if p.returncode not in (130, -sig):
            break
    same(f"{name} again and again until it is through: exit codes", codes - {130, -sig}, {0})
    same(f"{name} again and again: the same content", differences(content(case), EXPECTED), "")

# Twice: at once.
fifo = at("fifo2")
os.mkfifo(fifo)
p = start("investigate", fifo, "--case", at("twice"), "--quiet")
w = os.open(fifo, os.O_WRONLY)
time.sleep(0.3)
p.send_signal(signal.SIGINT)
p.send_signal(signal.SIGINT)
p.communicate(timeout=20)
report(p.returncode in (130, -2), "two signals end it at once", p.returncode)
os.close(w)

# --- a pipe -----------------------------------------------------------------------

small = b"".join(reads(0, 5000, step=0.5))
case = at("pipe")
p = start("investigate", "-", "--case", case, "--quiet", stdin=subprocess.PIPE)
p.stdin.write(small[:2_100_000] if len(small) > 2_100_000 else small[:len(small) // 2])
p.stdin.flush()
time.sleep(0.4)
p.kill()
p.communicate()
p = subprocess.run([ASHIATO, "investigate", "-", "--case", case, "--quiet"], input=small,
                   capture_output=True, env=ENV, timeout=60)
same("killed while it reads a pipe, then the whole again: exit code", p.returncode, 0)
same("killed while it reads a pipe: every file is there",
     {r["path"].encode() for r in rows("scope", case, "--all") if r["grade"] == "read"}, names(0, 5000))
same("killed while it reads a pipe: no half copy is left",
     [f for _, _, files in os.walk(case) for f in files if f.endswith(".tmp")], [])
named, sent = at("named"), at("sent.log")
os.mkfifo(named)
put(sent, small)
feed = subprocess.Popen(["sh", "-c", 'cat "$1" >"$2"', "sh", sent, named])
code, err = attempt("investigate", named, "--case", at("named-case"), "--quiet", timeout=30)
feed.wait(10)
same("a named pipe", (code, err), (0, b""))
same("a named pipe: every file", len(rows("scope", at("named-case"), "--all")), 5000)
p = subprocess.run(["bash", "-c", '"$0" investigate <(cat "$1") --case "$2" --quiet', ASHIATO, sent, at("subst")],
                   capture_output=True, env=ENV, timeout=60)
same("process substitution: every file", len(rows("scope", at("subst"), "--all")), 5000)
one = rows("scope", case, "--all")[0]
p = run("show", "--case", case, "--raw", one["id"])
report(p.stdout != b"" and all(l + b"\n" in small for l in p.stdout.splitlines()),
       "what came through a pipe can be shown", p.stderr)

# --- a log that is rotated away meanwhile ----------------------------------------------

case, fifo, victim = at("vanish"), at("fifo4"), put(at("victim.log"), small)
os.mkfifo(fifo)
p = start("investigate", victim, fifo, "--case", case, "--quiet")
w = os.open(fifo, os.O_WRONLY)  # opened for reading: the victim was looked at before
os.unlink(victim)
os.write(w, b"".join(reads(0, 20, user="late")))
os.close(w)
_, err = p.communicate(timeout=30)
same("a log that goes away before it is read: the others are read", (p.returncode, err), (0, b""))
with open(os.path.join(case, "report.json"), encoding="utf-8") as f:
    inputs = {os.path.basename(i["name"]): (i["state"], i["problem"]) for i in json.load(f)["inputs"]}
report(inputs["victim.log"][0] == "unreadable" and "No such file" in inputs["victim.log"][1]
       and inputs["fifo4"][0] == "complete", "a log that goes away before it is read: said", inputs)

# --- two at once, and readers ---------------------------------------------------------

case, fifo = at("two"), at("fifo3")
os.mkfifo(fifo)
p = start("investigate", fifo, "--case", case, "--quiet", env=CLOCK)
w = os.open(fifo, os.O_WRONLY)
deadline = time.monotonic() + 20
while not os.path.exists(os.path.join(case, "case.sqlite")) and time.monotonic() < deadline:
    time.sleep(0.01)
for command in (["investigate", BIG], ["report"]):
    code, err = attempt(*command, "--case", case)
    same(f"a second {command[0]} on the case: exit code", code, 1)
    report(b"another ashiato" in err and str(p.pid).encode() in err, f"a second {command[0]}: says who", err)
with open(BIG, "rb") as f:
    content_of_big = f.read()


def feed_slowly():
    for i in range(0, len(content_of_big), 500_000):
        os.write(w, content_of_big[i:i + 500_000])
        time.sleep(0.15)
    os.close(w)


threading.Thread(target=feed_slowly).start()
seen, bad = set(), []
while p.poll() is None:
    for command in (["scope", "--all", "--format", "json"], ["query", "SELECT count(*) FROM accesses"],
                    ["coverage"], ["findings"], ["tracks"]):
        q = run(*command, "--case", case, check=None)
        if q.returncode != 0 and b"is an empty case" not in q.stderr:
            bad.append((command[0], q.returncode, q.stderr))
        if command[0] == "query" and q.returncode == 0:
            seen.add(q.stdout)
_, err = p.communicate()
same("the run that was watched", (p.returncode, err), (0, b""))
same("readers during a run are never refused", bad[:3], [])
report(len(seen) > 1, "readers during a run see it grow", seen)
same("after a run that was watched: all is there", len(rows("query", case, "SELECT id FROM accesses")), 22500)

# --- a disk that is full ------------------------------------------------------------------

script = r"""
mount -t tmpfs -o size=200k none "$1" || exit 77
mkdir "$1/case"
"$2" investigate "$3" --case "$1/case" --quiet 2>"$4/err1"; echo $? >"$4/rc1"
mount -o remount,size=200m "$1" || exit 77
"$2" investigate "$3" --case "$1/case" --quiet 2>"$4/err2"; echo $? >"$4/rc2"
cp -r "$1/case" "$4/full"
"""
os.mkdir(at("mnt"))
user = [] if os.getuid() == 0 else ["--map-root-user", "--user"]
p = subprocess.run(["unshare", *user, "--mount", "sh", "-c", script, "sh", at("mnt"), ASHIATO, BIG, TMP],
                   capture_output=True, env=ENV, timeout=120)
if p.returncode != 0:
    print("# no small disk can be made here:", p.stderr.decode(errors="replace").strip()[:100])
else:
    with open(at("rc1")) as rc1, open(at("err1")) as err1, open(at("rc2")) as rc2, open(at("err2")) as err2:
        text = err1.read()
        same("a full disk: exit code", rc1.read().strip(), "1")
        report("No space left" in text and "free some space" in text and at("mnt") in text,
               "a full disk: said, with the file and what to do", text)
        same("with space again: goes on", (rc2.read().strip(), err2.read()), ("0", ""))
    same("with space again: the same content", differences(content(at("full")), EXPECTED), "")

shutil.rmtree(TMP)
finish()
