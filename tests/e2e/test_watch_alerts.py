#!/usr/bin/env python3
"""Alerts: how soon they are out, and what an intruder's names and a full queue do to them."""
import datetime
import json
import os
import shutil
import tempfile
import time

from lib import finish, report, rows, same
from logs import put, reads
from watching import Watch

work = tempfile.mkdtemp(prefix="ashiato-alerts-")
BOUND = 2.0  # seconds; on an idle machine it is a tenth of one


def folder(name):
    d = os.path.join(work, name)
    os.makedirs(d)
    return d, put(os.path.join(d, "audit.log"), reads(0, 3))


def as_time(text):
    return datetime.datetime.fromisoformat(text.decode())


def said(d):
    with open(os.path.join(d, "out"), "rb") as f:
        return [json.loads(x) for x in f.read().splitlines(True) if x.endswith(b"\n")]


# --- as soon as the threshold is passed, while the log goes on growing -------------------

d, log = folder("soon")
w = Watch(d, log)
scan = reads(10, 4000, step=0.01, user="mallory", client="10.6.6.6")
usual = reads(20_000, 40_000, step=0.2, user="kato")
written, alerted = [], None
with open(log, "ab", buffering=0) as f:
    at = 0
    for i in range(0, len(scan), 30):
        f.write(b"".join(scan[i:i + 30]) + b"".join(usual[at:at + 5]))
        written.append((time.monotonic(), scan[i:i + 30]))
        at += 5
        time.sleep(0.02)
        alerts = [x for x in said(d) if x["account"] == "mallory"]
        if alerts and alerted is None:
            alerted = time.monotonic()
            break
    report(alerted is not None, "a mass read is told of while it goes on", len(written))
    if alerted is not None:
        when = as_time(alerts[0]["at"].encode())  # of the record that passed the threshold
        passed = [t for t, lines in written if any(as_time(x.split(b" ")[0]) <= when for x in lines)]
        latency = alerted - passed[-1]
        report(latency < BOUND, f"... {latency * 1000:.0f} ms after the record that passed the threshold was written", alerts[0])
w.end()

# --- names ------------------------------------------------------------------------------

d, log = folder("names")
told = os.path.join(d, "told")
w = Watch(d, log, "--severity", "low", "--alert-command", f"cat >>{told}; printf '[%s]' \"$ASHIATO_ACCOUNT\" >>{told}.env")
nasty = "$(touch pwned)`id`;'\"\\"
hidden = reads(10, 1500, step=0.01, user=nasty, client="10.6.6.6", name=lambda i: f"/srv/data/a\0b/{i}")
with open(log, "ab") as f:
    f.writelines(hidden)
s = w.until(lambda s: s["alerts_raised"] > 0 and s["alerts_waiting"] == [0])
report(s is not None, "a path with a NUL in it hinders no alert", w.status())
w.end()
alerts = said(d)
with open(told, "rb") as f:
    got = f.read()
report(b"a\\u0000b" in got, "... the command gets it", got[:600])
with open(told + ".env", "rb") as f:
    same("an account's name is data, not a command", f.read().decode(), "".join("[%s]" % a["account"] for a in alerts))
report(any(nasty in a["account"] for a in alerts), "... whole", alerts[:1])
report(not os.path.exists("pwned"), "... and nothing ran")

# --- a queue that is full -----------------------------------------------------------------

d, log = folder("queue")
w = Watch(d, log, "--alert-command", "exit 3")
queues = os.path.join(w.case, "alerts")
queue = os.path.join(queues, os.listdir(queues)[0])
for i in range(10_000):
    put(f"{queue}/{i + 1000:016}.json", b"{}")
with open(log, "ab") as f:
    f.writelines(scan)
s = w.until(lambda s: s["alerts_lost"] > 0)
report(s is not None and s["alerts_raised"] == s["alerts_lost"] and s["alerts_waiting"] == [10_000],
       "ASH_ALERTS_WAITING: what finds no room is counted", w.status())
same("... the recorder ends in time", w.end(), 0)
report(len([f for f in rows("findings", w.case) if f["account"] == "mallory"]) > 0, "... and the case has the finding")

shutil.rmtree(work)
finish()
