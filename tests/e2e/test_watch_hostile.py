#!/usr/bin/env python3
"""The recorder among hostile senders, on a full disk, and with logs that become something else."""
import json
import os
import resource
import shutil
import signal
import socket
import tempfile
import time

from lib import finish, report, rows, run, same
from logs import put, reads
from watching import Watch, free_port

work = tempfile.mkdtemp(prefix="ashiato-hostile-")


def folder(name):
    d = os.path.join(work, name)
    os.makedirs(d)
    return d


def syslog(line):
    when, host, rest = line.rstrip(b"\n").split(b" ", 2)
    return b"<14>1 " + when + b" " + host + b" smbd_audit - - - " + rest.split(b": ", 1)[1]


def taken(case):
    return int(rows("query", case, "SELECT coalesce(sum(records), 0) AS n FROM inputs")[0]["n"])


def spooled(case):
    out = b""
    for name in sorted(os.listdir(os.path.join(case, "spool"))):
        with open(os.path.join(case, "spool", name), "rb") as f:
            out += f.read()
    return out


def listener(s):
    return s["listeners"][0]


# --- what was received by a run that was killed ----------------------------------------

LINES = [syslog(x) for x in reads(0, 300)]
d = folder("killed")
tcp = free_port()
w = Watch(d, "--listen", f"tcp:{tcp}")
with socket.create_connection(("127.0.0.1", tcp)) as s:
    s.sendall(b"\n".join(LINES) + b"\n")
w.until(lambda s: listener(s)["messages"] == len(LINES))
w.end(signal.SIGKILL)
same("killed before it was acknowledged: not in the case yet", taken(w.case), 0)
w = Watch(d, "--listen", f"tcp:{tcp}")
same("ended", w.end(), 0)
same("... the next run takes it from the spool", taken(w.case), len(LINES))
w = Watch(d, "--listen", f"tcp:{tcp}")
w.end()
same("... once", taken(w.case), len(LINES))

# --- a disk that is full ----------------------------------------------------------------

d = folder("full")
tcp = free_port()
LIMIT = 2 << 20


def small_disk():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, resource.RLIM_INFINITY))


w = Watch(d, "--listen", f"tcp:{tcp}", preexec=small_disk)
line = b"<14>" + b"\x01" * 60_000  # each of these bytes is four in the spool
senders = [socket.create_connection(("127.0.0.1", tcp)) for i in range(24)]
waiting = [line + b"\n"] * 40 * len(senders)
for s in senders:
    s.setblocking(False)
unsent = [(line + b"\n") * 40 for s in senders]
end = time.monotonic() + 4
while time.monotonic() < end:
    for i, s in enumerate(senders):
        try:
            unsent[i] = unsent[i][s.send(unsent[i][:1 << 20]):] if unsent[i] else b""
        except BlockingIOError:
            pass
    time.sleep(0.005)
s = w.until(lambda s: listener(s)["problem"] != "" and time.time())
report(s is not None and "cannot be written" in listener(s)["problem"], "a full disk: the status says so", w.status())
p = run("status", "--case", w.case, check=None)
report(p.returncode == 0 and b"what is received waits" in p.stdout, "... to people too", p.stdout)
same("... the recorder goes on", w.p.poll(), None)
report(listener(s)["messages"] < len(waiting), "... and reads no more than it may hold", listener(s))
report(s["memory_bytes"] < 400 << 20, "... within bounded memory", s["memory_bytes"])
resource.prlimit(w.p.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
for i, s in enumerate(senders):
    s.setblocking(True)
    s.sendall(unsent[i])
    s.close()
s = w.until(lambda s: listener(s)["messages"] == len(waiting) and listener(s)["problem"] == "", 40)
report(s is not None, "room again: everything is taken", w.status())
w.end()
lines = spooled(w.case).split(b"\n")
same("... and nothing of it is lost or torn", (len(lines) - 1, {len(x) for x in lines[:-1]}),
     (len(waiting), {4 + 4 * 60_000}))

# --- connections and messages without end ------------------------------------------------

d = folder("flood")
tcp = free_port()
w = Watch(d, "--listen", f"tcp:{tcp}")
endless = socket.create_connection(("127.0.0.1", tcp))
endless.sendall(b"<14>first\n")
silent = [socket.create_connection(("127.0.0.1", tcp)) for i in range(255)]
begun = time.monotonic()
w.until(lambda s: listener(s)["messages"] == 1)
over = socket.create_connection(("127.0.0.1", tcp))
same("ASH_CONNECTIONS_MAX: one more is closed", over.recv(1), b"")
s = w.until(lambda s: listener(s)["refused"] == 1)
report(s is not None, "... and counted", w.status())
before = s["memory_bytes"]
for i in range(64):
    endless.sendall(b"x" * (256 << 10))
endless.sendall(b"\n<14>last\n")
s = w.until(lambda s: listener(s)["messages"] == 3)
report(s is not None and listener(s)["cut"] == 1, "ASH_MESSAGE_MAX: a line of 16 MB is cut, once, and counted", w.status())
report(s["memory_bytes"] - before < 20 << 20, "... memory does not grow with it", s["memory_bytes"] - before)
longest = max(map(len, spooled(w.case).split(b"\n")))
same("... at the limit", longest, 64 << 10)
time.sleep(max(0, begun + 11 - time.monotonic()))
honest = socket.create_connection(("127.0.0.1", tcp))
honest.sendall(b"7 <14>abcHELLO")  # the rest of the second is a line that never ends
s = w.until(lambda s: listener(s)["messages"] == 4)
report(s is not None, "who says nothing makes room for who does", w.status())
honest.close()
s = w.until(lambda s: listener(s)["messages"] == 5)
report(s is not None, "what a sender said before it went is kept", w.status())
w.end()
report(spooled(w.case).endswith(b"<14>abc\nHELLO\n"), "... as it was said", spooled(w.case)[-40:])

# --- places that are taken ---------------------------------------------------------------

d = folder("socket")
path = os.path.join(d, "log.sock")
other = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
other.bind(path)
p = run("watch", "--listen", f"unix:{path}", "--case", d + "/x", check=None)
report(p.returncode == 2 and b"another program listens" in p.stderr and os.path.exists(path),
       "a socket that is in use is left alone", (p.returncode, p.stderr))
other.close()
w = Watch(d, "--listen", f"unix:{path}")
report(w.status() is not None, "one that nobody answers at is replaced")
p = run("watch", "--listen", "udp:0", "--case", w.case, check=None, timeout=20)
report(p.returncode != 0 and w.p.poll() is None, "a second recorder on the case is refused", (p.returncode, p.stderr))
w.end()

# --- logs that become something else -----------------------------------------------------

d = folder("other")
log = os.path.join(d, "audit.log")
put(log, reads(0, 20))
w = Watch(d, log)
more = reads(100, 20)
with open(log, "ab") as f:
    f.writelines(more[:10])
w.until(lambda s: len(s["files"]) == 1 and s["lag_bytes"] == 0)
for name, make in (("a pipe", lambda: os.mkfifo(log)), ("a folder", lambda: os.mkdir(log)),
                   ("a device", lambda: os.symlink("/dev/zero", log)), ("a loop", lambda: os.symlink(log, log))):
    if os.path.isdir(log):
        os.rmdir(log)
    elif name == "a pipe":
        os.rename(log, log + ".1")
    else:
        os.remove(log)
    make()
    then = w.status()["updated"]
    s = w.until(lambda s: s["updated"] > then, 8)
    time.sleep(2.5 if name == "a pipe" else 1.2)
    now = w.status()["updated"]
    report(s is not None and w.until(lambda s: s["updated"] > now, 8), f"the log becomes {name}: it goes on", w.status())
os.remove(log)
put(log, more[10:])
w.until(lambda s: s["records"] >= len(more) and s["lag_bytes"] == 0)
same("ended", w.end(), 0)
same("... and what came before and after is taken", taken(w.case), 60 + len(more))

# --- more files than can be followed -----------------------------------------------------

d = folder("many")
os.makedirs(d + "/logs")
w = Watch(d, d + "/logs")
for i in range(10_003):
    open(f"{d}/logs/client-{i:05}.log", "wb").close()
s = w.until(lambda s: s["files_beyond"] == 3)
report(s is not None, "ASH_WATCH_FILES: those beyond are counted", w.status())
for i in range(10):
    os.remove(f"{d}/logs/client-{i:05}.log")
s = w.until(lambda s: s["files_beyond"] == 0)
report(s is not None, "... and followed when others have gone", w.status())
w.end()
with open(d + "/err", "rb") as f:
    same("... and said, once", f.read().count(b"more files than can be followed"), 1)

# --- a status that came with a stranger's case -------------------------------------------

d = folder("status")
os.makedirs(d + "/case/live")
evil = "\x1b]0;owned\x07"
put(d + "/case/live/status.json", json.dumps(
    {"version": "99.0", "state": "watching", "pid": 1, "started": evil, "updated": evil, "last_event": evil,
     "files": [{"path": evil}], "listeners": [{"listen": evil, "problem": evil}], "alerts_waiting": ["x", None],
     "records": "many"}).encode())
p = run("status", "--case", d + "/case", check=None)
report(p.returncode == 1 and b"\x1b" not in p.stdout and b"\x07" not in p.stdout,
       "status shows no control characters and is not alive", p.stdout)
for text in (b"", b"[]", b"{", b"null", b"[" * 100_000, b'{"files":{"a":1},"listeners":[1,null,"x"]}'):
    put(d + "/case/live/status.json", text)
    report(run("status", "--case", d + "/case", check=None).returncode == 1, f"status: {text[:20]!r}")

shutil.rmtree(work)
finish()
