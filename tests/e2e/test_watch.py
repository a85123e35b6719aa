#!/usr/bin/env python3
"""The recorder: logs that grow, rotate and are emptied while it follows them, a
recorder that is killed, syslog from the network, alerts that wait."""
import http.server
import json
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
import urllib.request

from lib import Case, finish, report, rows, run, same
from watching import Watch, free_port

work = tempfile.mkdtemp(prefix="ashiato-watch-")
run("simulate", "ransomware", "--seed", "3", "--days", "4", "--users", "8", "--files", "1000", "--out", work + "/world")
LINES = []
for name in sorted(os.listdir(work + "/world/fs01")):
    if name.startswith("audit-"):
        with open(f"{work}/world/fs01/{name}", "rb") as f:
            LINES += f.read().splitlines(True)
RECORDS = "SELECT sum(records) AS n, sum(events) AS e FROM inputs"


def pieces(n, whole=()):
    """The log in n pieces that end anywhere, mostly inside of a line; those numbered
    in whole end with one."""
    data, at, out = b"".join(LINES), 0, []
    while at < len(data):
        end = at + len(data) // n + 1
        if len(out) in whole:
            end = data.index(b"\n", end) + 1
        out.append(data[at:end])
        at = end
    return out


def graded(rows, weakest):
    """What was read, opened, listed, changed: of a run that ended in between, names shown
    by a listing that was open then may count as seen by themselves."""
    return {(r["path"], r["account"], r["grade"]) for r in rows if r["grade"] != weakest}


def compare(name, case, weakest=None):
    with Case(whole_log) as once:
        want = rows("scope", once.case, "--all")
        records = rows("query", once.case, RECORDS)
    got = rows("scope", case, "--all")
    same(f"{name}: the same paths with the same grades", graded(got, weakest), graded(want, weakest))
    same(f"{name}: every record once", rows("query", case, RECORDS), records)
    report(run("verify", "--case", case, check=None).returncode == 0, f"{name}: the case verifies")


whole_log = os.path.join(work, "whole.log")
with open(whole_log, "wb") as f:
    f.writelines(LINES)

# --- growing, rotated, emptied -------------------------------------------

d = os.path.join(work, "rotate")
os.makedirs(os.path.join(d, "logs"))
log = os.path.join(d, "logs/audit.log")
parts = pieces(30, (8, 9, 10, 20))
with open(log, "wb") as f:
    f.write(parts[0])
w = Watch(d, os.path.join(d, "logs"))
f = open(log, "ab", buffering=0)
parts[-1] = parts[-1].rstrip(b"\n") + b"\n"
written = len(parts[0])
for i, part in enumerate(parts[1:], 1):
    f.write(part)
    written += len(part)
    time.sleep(0.06)
    if i == 8:  # logrotate's rename; the server goes on with the old file for a moment
        os.rename(log, log + ".1")
    if i == 10:
        f.close()
        f = open(log, "ab", buffering=0)
    if i == 20:  # copytruncate, the line before it perhaps not read yet
        w.until(lambda s: any(x["path"] == log for x in s["files"]))
        time.sleep(2.5)  # the one before has had its time
        shutil.copyfile(log, log + ".2")
        os.truncate(log, 0)
s = w.until(lambda s: s["lag_bytes"] == 0 and s["bytes"] + len(parts[0]) >= written - 300)
report(s is not None, "followed through two kinds of rotation", w.status())
p = run("status", "--case", w.case, check=None)
same("status: it runs", p.returncode, 0)
report(b"Watching since" in p.stdout, "status: for people", p.stdout)
f.close()
same("ended by SIGTERM", w.end(), 0)
same("status: it does not run", run("status", "--case", w.case, check=None).returncode, 1)
compare("rotated", w.case)

# --- emptied without a copy: a gap ----------------------------------------

d = os.path.join(work, "emptied")
os.makedirs(d)
log = os.path.join(d, "audit.log")
with open(log, "wb") as f:
    f.writelines(LINES[:2000])
w = Watch(d, log)
w.until(lambda s: s["lag_bytes"] == 0 and len(s["files"]) == 1)
os.truncate(log, 0)
time.sleep(0.3)
with open(log, "ab") as f:
    f.writelines(LINES[2000:4000])
w.until(lambda s: s["records"] >= 2000)
w.end()
reasons = {r["reason"] for r in rows("coverage", w.case)}
report("not-taken" in reasons, "emptied without a copy: the coverage says so", sorted(reasons))
same("... and what came after it is there",
     int(rows("query", w.case, "SELECT sum(records) AS n FROM inputs")[0]["n"]), 4000)

# --- killed ----------------------------------------------------------------

d = os.path.join(work, "killed")
os.makedirs(d)
log = os.path.join(d, "audit.log")
open(log, "wb").close()
parts = pieces(24)
w = Watch(d, log)
with open(log, "ab", buffering=0) as f:
    for i, part in enumerate(parts):
        f.write(part)
        time.sleep(0.05)
        if i % 6 == 3:
            if i % 12 == 3:
                w.p.send_signal(signal.SIGUSR1)  # some of it is acknowledged
                time.sleep(0.3)
            w.end(signal.SIGKILL)
            w = Watch(d, log, wait=i % 12 == 3)
w.until(lambda s: s["pid"] == w.p.pid and s["lag_bytes"] == 0)
same("killed three times, then ended", w.end(), 0)
compare("killed", w.case, "seen")

# --- syslog from the network ------------------------------------------------


def syslog(line):
    """A line of the log file as rsyslog would have received it."""
    when, host, rest = line.rstrip(b"\n").split(b" ", 2)
    return b"<14>1 " + when + b" " + host + b" smbd_audit - - - " + rest.split(b": ", 1)[1]


d = os.path.join(work, "net")
os.makedirs(d)
tcp, udp, metrics = free_port(), free_port(), free_port()
unix = os.path.join(d, "log.sock")
w = Watch(d, "--listen", f"tcp:{tcp}", "--listen", f"udp:127.0.0.1:{udp}", "--listen", f"unix:{unix}",
          "--metrics", str(metrics))
messages = [syslog(x) for x in LINES[:6000]]
a, b = socket.create_connection(("127.0.0.1", tcp)), socket.create_connection(("127.0.0.1", tcp))
framed = b"".join(b"%d %s" % (len(m), m) for m in messages[:2000])
lined = b"\n".join(messages[2000:4000]) + b"\n"
for i in range(0, len(framed), 1777):
    a.sendall(framed[i:i + 1777])
    b.sendall(lined[i:i + 1777])
b.sendall(lined[len(framed) - len(framed) % 1777 + (1777 if len(framed) % 1777 else 0):])
a.close()
b.close()
u, x = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
for i, m in enumerate(messages[4000:5000]):
    u.sendto(m, ("127.0.0.1", udp))
    if i % 100 == 99:
        time.sleep(0.02)
for m in messages[5000:]:
    while True:
        try:
            x.sendto(m, unix)
            break
        except BlockingIOError:
            time.sleep(0.01)
u.sendto(b"<14>a line\nwith a line in it", ("127.0.0.1", udp))
s = w.until(lambda s: sum(l["messages"] for l in s["listeners"]) == len(messages) + 1
            and s["lag_bytes"] == 0 and s["records"] >= len(messages))
report(s is not None, "every message is taken", w.status())
text = urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=5).read().decode()
report(f"ashiato_records_total {int(w.status()['records'])}" in text, "metrics for Prometheus", text[:500])
same("metrics are not served elsewhere",
     run("watch", "--listen", "udp:0", "--case", d + "/x", "--metrics", "0.0.0.0:99", check=None).returncode, 2)
w.end()
records = rows("query", w.case, RECORDS)[0]
report(int(records["e"]) == len(messages), "... and each is a record of the case", records)
report(any(b"a line#012with a line in it" in open(os.path.join(w.case, "spool", n), "rb").read()
           for n in os.listdir(os.path.join(w.case, "spool"))), "a message stays one line")
same("the socket is gone", os.path.exists(unix), False)

# --- alerts -----------------------------------------------------------------

received = []


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        pass


d = os.path.join(work, "alerts")
os.makedirs(d)
log, told = os.path.join(d, "audit.log"), os.path.join(d, "told")
open(log, "wb").close()
port = free_port()
args = [log, "--severity", "low", "--alert-webhook", f"http://127.0.0.1:{port}/x",
        "--alert-command", f"cat >>{told}; echo \"$ASHIATO_KIND\" >>{told}.kinds", "--alert-command", "exit 3"]
w = Watch(d, *args)
with open(log, "ab") as f:
    f.writelines(LINES)
w.until(lambda s: s["records"] >= len(LINES) and s["lag_bytes"] == 0)
w.end()
same("the recorder ends although nobody answers", w.p.returncode, 0)
alerts = [json.loads(x) for x in open(os.path.join(d, "out"))]
found = {(f["kind"], f["account"], f["client"]) for f in rows("findings", w.case)}
same("each finding is an alert", {(x["kind"], x["account"], x["client"]) for x in alerts if x["status"] == "raised"},
     found)
report(len(found) > 0, "... and there are some")
got = [json.loads(x) for x in open(told).read().replace("}{", "}\n{").splitlines()]
same("a command gets each", got, alerts)
same("... and its environment", open(told + ".kinds").read().split(), [x["kind"] for x in alerts])
server = http.server.HTTPServer(("127.0.0.1", port), Hook)
threading.Thread(target=server.serve_forever, daemon=True).start()
w = Watch(d, *args)
w.until(lambda s: s["alerts_waiting"][-1] == 0 and len(received) >= len(alerts), 15)
w.end()
same("what a web server missed it gets later", received[:len(alerts)], alerts)
waiting = [n for n in os.listdir(os.path.join(w.case, "alerts")) if n.startswith("command")
           and os.listdir(os.path.join(w.case, "alerts", n))]
same("what a command refuses still waits", len(waiting), 1)
server.shutdown()

for args in (["watch", "--case", d + "/y"], ["watch", "-", "--case", d + "/y"],
             ["watch", log, "--case", d + "/y", "--severity", "dire"],
             ["watch", "--listen", "pigeon:1", "--case", d + "/y"]):
    same(f"refused: {' '.join(args[:2])}", run(*args, check=None).returncode, 2)
shutil.rmtree(work)
finish()
