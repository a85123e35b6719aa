#!/usr/bin/env python3
"""show prints a record only while its bytes are what they were when they were read,
whatever kind of input holds it: it says so, and says it before anything is shown."""
import bz2
import gzip
import lzma
import os
import shutil
import subprocess
import tempfile
import zipfile

import wincase
import winlog
from lib import finish, report, rows, run, same
from logs import put, reads

TMP = tempfile.mkdtemp(prefix="ashiato-show-")
LINES = b"".join(reads(0, 40))
EVENTS = wincase.make(seed=9, hours=1).events


def at(name):
    return os.path.join(TMP, name)


def bytes_of(path):
    with open(path, "rb") as f:
        return f.read()


def zipped(name, content):
    with zipfile.ZipFile(at(name), "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("inner.log", content)
    return at(name)


def zstd(content):
    return subprocess.run(["zstd", "-q", "-c"], input=content, capture_output=True, check=True).stdout


def forged(content):
    """The same length, another name in one record."""
    return content.replace(b"file 0007", b"file 9999")


EVTX = winlog.put_evtx(at("Security.evtx"), EVENTS)
KINDS = [("plain text", put(at("plain.log"), LINES), lambda p: put(p, forged(LINES))),
         ("UTF-16", put(at("wide.log"), LINES.decode().encode("utf-16")),
          lambda p: put(p, forged(LINES).decode().encode("utf-16")))]
KINDS += [(name, put(at("packed." + name), packer(LINES)), lambda p, packer=packer: put(p, packer(forged(LINES))))
          for name, packer in (("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("zst", zstd))]
KINDS += [("a ZIP file", zipped("all.zip", LINES), lambda p: zipped("all.zip", forged(LINES))),
          ("an event log", EVTX, None)]

for name, path, forge in KINDS:
    case = at("case")
    run("investigate", path, "--case", case, "--quiet")
    listed = [r["id"] for r in rows("scope", case, "--all") if r["grade"] in ("read", "opened")]
    one = listed[0]
    good = run("show", "--case", case, "--raw", one)
    report(len(good.stdout) > 50, f"{name}: shown while nothing has changed", good.stdout)
    whole = bytes_of(path)
    if forge is None:  # one bit of the first record's time
        changed = bytearray(whole)
        changed[4096 + 512 + 16] ^= 1
        put(path, bytes(changed))
    else:
        forge(path)
    report(bytes_of(path) != whole, f"{name}: changed")
    for args in (["--raw"], [], ["--json"]):
        p = run("show", "--case", case, *args, one, check=None)
        report(p.returncode == 4 and b"has changed since it was read" in p.stderr, f"{name}: refused {args}",
               (p.returncode, p.stderr))
        record = good.stdout.splitlines()[0][:60]
        report(record not in p.stdout and b"9999" not in p.stdout, f"{name}: no record of the block {args}", p.stdout)
    # Damage within what is compressed, and a file that is shorter.
    for what, content in (("cut", whole[:len(whole) // 3]), ("empty", b""), ("another file", b"hello\n" * 5000)):
        put(path, content)
        p = run("show", "--case", case, one, check=None)
        report(p.returncode in (1, 4) and os.path.basename(path).encode() in p.stderr, f"{name}: {what}: named",
               (p.returncode, p.stderr))
    os.unlink(path)
    p = run("show", "--case", case, one, check=None)
    report(p.returncode in (1, 4) and os.path.basename(path).encode() in p.stderr, f"{name}: gone: named",
           (p.returncode, p.stderr))
    put(path, whole)
    same(f"{name}: put right, it is shown again", run("show", "--case", case, "--raw", one).stdout, good.stdout)
    shutil.rmtree(case)

shutil.rmtree(TMP)
finish()
