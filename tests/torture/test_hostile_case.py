#!/usr/bin/env python3
"""A case made by an intruder: any value in any column of case.sqlite. Every command that
reads it ends with an answer or a message, in bounded time; none crashes.

HOSTILE=all tries every column with every value."""
import multiprocessing.pool
import os
import random
import shutil
import sqlite3
import tempfile

from common import attempt
from lib import finish, report, rows, run
from logs import put, reads

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
TMP = tempfile.mkdtemp(prefix="ashiato-hostile-", dir=MEMORY)
chance = random.Random(int(os.environ.get("ASHIATO_SEED", "7")))


def at(*names):
    return os.path.join(TMP, *names)


lines = reads(0, 700, step=0.2) + reads(2000, 3, step=90000.0)
LOG = put(at("audit.log"), lines + [b"not a record\n", b"2026-11-23T09:00:00+09:00 fs01 rsyslogd: imuxsock lost 7 messages from pid 1\n"])
WHOLE = at("whole")
run("investigate", LOG, "--case", WHOLE, "--quiet")
with open(LOG, "rb") as f:
    run("investigate", "-", "--case", WHOLE, "--quiet", stdin=f)
run("tracks", "add", "--case", WHOLE, "--account", "kato", "--why", "x")
ONE = rows("scope", WHOLE, "--all")[0]["id"]
COMMANDS = [["scope", "--all"], ["findings"], ["tracks"], ["tracks", "log"], ["coverage"], ["show", ONE],
            ["query", "SELECT * FROM accesses LIMIT 5"], ["untouched", "--path", "/srv/share/x"], ["verify", "--no-inputs"],
            ["custody"], ["hold"], ["retain", "--keep", "1d", "--dry-run"],
            ["export", "--inputs", "--no-record", "--bundle", "{}.tar.zst"], ["retain", "--max-size", "0"], ["report"],
            ["investigate", LOG, "--quiet"]]
VALUES = [None, b"", b"\xff\xfe\0\x1b[31m" * 9, "", "../../../../etc/passwd", "x" * 100_000, "%s%n", -1, 0, 2**63 - 1,
          -2**63, 1e300, "9" * 40, 4294967296]
EXITS = (0, 1, 2, 3, 4, 5, 6, 7)
db = sqlite3.connect(os.path.join(WHOLE, "case.sqlite"))
db.text_factory = bytes
TABLES = [t.decode() for t, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
PLACES = [(t, c.decode(), None) for t in TABLES if t != "meta" for _, c, *_ in db.execute(f"PRAGMA table_info({t})")]
PLACES += [("meta", "value", k.decode()) for k, in db.execute("SELECT key FROM meta")]
report(len(PLACES) > 150, "there are places to put things", len(PLACES))
db.close()
jobs = [(i, p, v) for i, (p, v) in enumerate((p, v) for p in PLACES for v in VALUES)]
if os.environ.get("HOSTILE") != "all":
    jobs = chance.sample(jobs, 20)


def one(job):
    i, (table, column, key), value = job
    case = at(f"case-{i}")
    shutil.copytree(WHOLE, case)
    d = sqlite3.connect(os.path.join(case, "case.sqlite"))
    try:
        d.execute(f'UPDATE OR IGNORE {table} SET "{column}" = ?' + (" WHERE key = ?" if key else ""),
                  (value, key) if key else (value,))
        d.commit()
    except (sqlite3.Error, OverflowError):
        pass
    d.close()
    bad = []
    for c in COMMANDS:
        words = [w.format(case) for w in c]
        code, err = attempt(*words, "--case", case, timeout=20)
        if code not in EXITS or (code == 1 and not err.startswith(b"ashiato: ")):
            bad.append(f"{table}.{column} {key or ''} = {str(value)[:20]!r}: {' '.join(c[:2])}: exit {code}: {err[-200:]}")
    shutil.rmtree(case)
    if os.path.exists(case + ".tar.zst"):
        os.unlink(case + ".tar.zst")
    return bad


with multiprocessing.pool.ThreadPool(2) as pool:
    wrong = [b for bad in pool.imap_unordered(one, jobs) for b in bad]
report(not wrong, f"{len(jobs)} values in places of a case: no command crashes or hangs",
       f"{len(wrong)} did\n" + "\n".join(wrong[:12]))
shutil.rmtree(TMP)
finish()
