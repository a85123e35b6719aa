#!/usr/bin/env python3
"""Windows event logs as they are found: archived, joined, compressed, carved, copied
while they were open, damaged. Each holds the same events, or what is lost is said."""
import lzma
import os
import random
import shutil
import tempfile

import wincase
import winlog
from lib import Case, finish, report, rows, run, same

TMP = tempfile.mkdtemp(prefix="ashiato-test-")
made = wincase.make(seed=4, hours=3)
events = made.events


def at(name):
    return os.path.join(TMP, name)


def put(name, **options):
    return winlog.put_evtx(at(name), events, **options)


def bytes_of(path):
    with open(path, "rb") as f:
        return f.read()


def accesses(*inputs):
    """The accesses, the inputs as they were read, and the coverage, by reason."""
    with Case(*inputs, check=None) as c:
        out = run("query", "--case", c.case, "--format", "tsv",
                  "SELECT server, share, account, client, workstation, grade, changes, object, first, last, records, path, "
                  "new_path FROM accesses ORDER BY ALL").stdout
        coverage = {}
        for r in rows("coverage", c.case):
            coverage[r["reason"]] = coverage.get(r["reason"], 0) + (r["count"] or 0)
        return out, c.report()["inputs"], coverage


whole, inputs, coverage = accesses(put("Security.evtx"))
same("a log: read to its end", (inputs[0]["source"], inputs[0]["state"], inputs[0]["skipped"]), ("evtx", "complete", 0))
same("a log: nothing to remark but the restart in it", set(coverage), {"records", "log-stopped"})
report(whole.count(b"\tread\t") > 50, "a log: files were read", whole.decode()[:500])


def expect_same(name, *paths):
    got, inputs, coverage = accesses(*paths)
    same(f"{name}: the same accesses", got == whole, True)
    same(f"{name}: nothing skipped", sum(i["skipped"] for i in inputs), 0)
    return inputs, coverage


parts = winlog.put_rotated(TMP, events, len(events) // 4 + 1)
inputs, _ = expect_same("archives in the wrong order", parts[2], parts[0], parts[3], parts[1])
same("archives are read in the order of their events", [os.path.basename(i["name"]) for i in inputs],
     [os.path.basename(p) for p in parts])
expect_same("archives that overlap", parts[0], parts[1], put("all.evtx"), parts[3])

log = bytes_of(put("Security.evtx"))
winlog.put(at("joined"), b"".join(bytes_of(p) for p in parts))
expect_same("archives joined to one file", at("joined"))
winlog.put(at("packed.xz"), lzma.compress(log))
expect_same("compressed", at("packed.xz"))
winlog.put(at("carved"), log[4096:])
expect_same("carved, without the file's header", at("carved"))
winlog.put(at("headless"), b"\xff" * 4096 + log[4096:])
got, inputs, coverage = accesses(at("headless"))
same("header overwritten: the same accesses", got == whole, True)
same("header overwritten: it is said", coverage.get("bad-chunk"), 1)

expect_same("room at the end", put("room.evtx", room=5))
older = winlog.numbered(wincase.make(seed=5, hours=1).events, 1)
winlog.numbered(events, 1_000_000)
expect_same("with older records behind the end of chunks", put("slack.evtx", slack=older))
got, inputs, coverage = accesses(put("slack-open.evtx", slack=older, dirty=True))
same("the same, copied while open: the same accesses", got == whole, True)
got, inputs, coverage = accesses(put("open.evtx", dirty=True, unstated=9))
same("copied while open: records its headers do not know of are read", got == whole, True)
report("open" in inputs[0]["remarks"][0], "copied while open: it is said", inputs[0]["remarks"])

# --- damage ---------------------------------------------------------------------------

size = len(log) - 65536 + 20000
winlog.put(at("cut"), log[:size])
got, inputs, coverage = accesses(at("cut"))
same("cut off: one record is counted as that", coverage.get("cut-off"), 1)
report(len(whole.splitlines()) - len(got.splitlines()) < 200, "cut off: what came before is read")

holed = bytearray(log)
holed[4096 + 65536 + 30000:4096 + 65536 + 34096] = bytes(4096)
winlog.put(at("holed"), holed)
got, inputs, coverage = accesses(at("holed"))
same("a hole of 4 KiB: what is wrong is said", {"bad-record", "checksum"} - set(coverage), set())
report("record-gap" in coverage and 1 <= coverage["record-gap"] <= 40, "a hole of 4 KiB: the missing numbers are few", coverage)

moved = log[:4096 + 65536 + 512 + 30000] + log[4096 + 65536 + 512 + 30000 + 777:]
winlog.put(at("moved"), moved)
got, inputs, coverage = accesses(at("moved"))
records = sum(i["events"] + i["skipped"] for i in inputs)
report(coverage.get("cut-off") == 1 and records > len(events) - 150, "bytes are missing: chunks behind them are found",
       (coverage, records, len(events)))

winlog.put(at("garbage.evtx"), b"ElfFile\0" + random.Random(1).randbytes(300000))
got, inputs, coverage = accesses(at("garbage.evtx"))
report(coverage.get("bad-chunk", 0) >= 4, "garbage: each piece is counted", coverage)

shutil.rmtree(TMP)
finish()
