#!/usr/bin/env python3
"""A case in one file: the same bytes each time, checked and worked on elsewhere,
damage and traps found."""
import gzip
import io
import json
import os
import random
import shutil
import subprocess
import tarfile
import tempfile
import zipfile

import ledger_check
from lib import ASHIATO, finish, report, rows, run, same
from logs import put, reads

TMP = tempfile.mkdtemp(prefix="ashiato-export-")
chance = random.Random(5)


def at(*names):
    return os.path.join(TMP, *names)


def bytes_of(path):
    with open(path, "rb") as f:
        return f.read()


def verify(*args):
    """(exit code, what stands in damages, verdict or message)"""
    p = run("verify", "--json", *args, check=None)
    if not p.stdout:
        return p.returncode, None, p.stderr.decode()
    got = json.loads(p.stdout)
    return p.returncode, [(d["kind"], d["file"]) for d in got["damages"]], got["verdict"]


def unpack(bundle, to):
    os.mkdir(to)
    subprocess.run(["tar", "--zstd", "-xf", bundle, "-C", to], check=True)
    return os.path.join(to, os.listdir(to)[0])


def pack(name, members):
    """A bundle of somebody else's making: [(TarInfo or name, bytes)]"""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as t:
        for m, content in members:
            info = m if isinstance(m, tarfile.TarInfo) else tarfile.TarInfo(m)
            info.size = len(content)
            t.addfile(info, io.BytesIO(content))
    p = subprocess.run(["zstd", "-q", "-c"], input=raw.getvalue(), capture_output=True, check=True)
    return put(at(name), p.stdout)


os.mkdir(at("logs"))
PLAIN = put(at("logs", "plain.log"), reads(0, 400))
PACKED = put(at("logs", "packed.log.gz"), gzip.compress(b"".join(reads(500, 100, user="gz"))))
ZIP = at("logs", "all.zip")
with zipfile.ZipFile(ZIP, "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("inner.log", b"".join(reads(700, 100, user="zip")))
GONE = put(at("logs", "gone.log"), reads(900, 10, user="gone"))
CASE = at("case")
run("investigate", PLAIN, PACKED, ZIP, GONE, "--case", CASE, "--quiet")
with open(put(at("pipe.log"), reads(2000, 50, user="pipe")), "rb") as f:
    run("investigate", "-", "--case", CASE, "--quiet", stdin=f)
put(PLAIN, bytes_of(PLAIN) + b"".join(reads(450, 5, user="grown")))  # a log that has grown since
os.unlink(GONE)

# --- written -------------------------------------------------------------------------

def hashes(case):
    """Without what SQLite makes beside a database that is read."""
    return {n: ledger_check.sha256(bytes_of(os.path.join(f, n))).hex() for f, _, names in os.walk(case)
            for n in names if n not in ("case.sqlite-shm", "case.sqlite-wal")}


before = hashes(CASE)
run("export", "--case", CASE, "--bundle", at("a.tar.zst"), "--no-record")
same("--no-record: nothing is written to the case", hashes(CASE), before)
os.mkdir(at("again"))
run("export", "--case", CASE, "--bundle", at("again", "a.tar.zst"), "--no-record")
same("the same case gives the same bytes", bytes_of(at("a.tar.zst")) == bytes_of(at("again", "a.tar.zst")), True)
for args in (["--bundle", at("a.tar.zst")], ["--bundle", at("a.tar")], []):
    p = run("export", "--case", CASE, *args, check=None)
    report(p.returncode in (1, 2) and p.stderr.startswith(b"ashiato: "), f"export {args[1:]}: refused", (p.returncode, p.stderr))
same("for its owner alone: case and bundle", [os.stat(p).st_mode & 0o777 for p in (CASE, at("a.tar.zst"))], [0o700, 0o600])
same("it was not overwritten", bytes_of(at("a.tar.zst")) == bytes_of(at("again", "a.tar.zst")), True)
got = json.loads(run("export", "--case", CASE, "--bundle", at("full.tar.zst"), "--inputs", "--json").stdout)
same("with inputs: those that are still what was read", (got["inputs"], got["inputs_left"]), (3, 1))
same("its hash", got["sha256"], ledger_check.sha256(bytes_of(at("full.tar.zst"))).hex())
same("nothing is left beside it", sorted(n for n in os.listdir(TMP) if ".tar.zst" in n), ["a.tar.zst", "full.tar.zst"])
act = [a for a in json.loads(run("custody", "--case", CASE, "--json").stdout) if a["act"] == "export"]
same("the export is in the chain of custody", [(a["what"], a["sha256"], a["bytes"]) for a in act],
     [("full.tar.zst", got["sha256"], got["bytes"])])
same("and the case is intact", verify("--case", CASE, "--no-inputs"), (0, [], "intact"))

# --- received --------------------------------------------------------------------------

PUBLIC = put(at("office.pub"), run("ledger", "key").stdout)
HEAD = put(at("head.txt"), run("ledger", "head", "--case", CASE).stdout)
for name in ("a.tar.zst", "full.tar.zst"):
    same(f"{name}: verified as it is", verify("--bundle", at(name), "--public-key", PUBLIC), (0, [], "intact"))
same("with another's key it is not", verify("--bundle", at("a.tar.zst"), "--public-key", "ab" * 32)[:2],
     (4, [("key", "ledger/heads.jsonl")]))
same("it is older than a head kept since", verify("--bundle", at("full.tar.zst"), "--head", HEAD)[:2],
     (4, [("rolled-back", "ledger/heads.jsonl")]))
same("nothing is left in the temporary folder",
     [n for n in os.listdir(os.environ.get("TMPDIR", "/tmp")) if n.startswith("ashiato-") and len(n) == 14
      and os.path.isdir(os.path.join("/tmp", n, "full"))], [])
there = unpack(at("full.tar.zst"), at("there"))
same("what is in it", sorted(os.listdir(there)), ["README.txt", "SHA256SUMS", "case", "head.txt", "ledger.pub"])
p = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=there, capture_output=True, check=False)
same("sha256sum agrees", (p.returncode, p.stdout), (0, b""))
same("a second program agrees", ledger_check.check_case(os.path.join(there, "case")), [])
same("the key in it is the one that signs", bytes_of(os.path.join(there, "ledger.pub")), bytes_of(PUBLIC))
same("the head in it is good", run("ledger", "check", os.path.join(there, "head.txt"), "--public-key", PUBLIC).returncode, 0)
listed = {os.path.relpath(os.path.join(f, n), there) for f, _, names in os.walk(there) for n in names} - {"SHA256SUMS"}
same("SHA256SUMS names all of it", {l.split("  ")[1] for l in bytes_of(os.path.join(there, "SHA256SUMS")).decode().splitlines()},
     listed)
readme = bytes_of(os.path.join(there, "README.txt")).decode()
version = run("--version").stdout.decode().strip()
report(version in readme and "--public-key" in readme and act[0]["sha256"] not in readme, "README tells version and way", readme)

# The receiver has none of the logs.
os.rename(at("logs"), at("elsewhere"))
theirs = os.path.join(there, "case")
for user, kind in (("kato", "a plain file"), ("gz", "a compressed one"), ("zip", "one inside of a ZIP file"),
                   ("pipe", "a pipe's copy")):
    one = rows("scope", theirs, "--all", "--account", user)[0]["id"]
    p = run("show", "--case", theirs, "--raw", one, check=None)
    report(p.returncode == 0 and p.stdout.count(b"\n") == 3 and user.encode() in p.stdout,
           f"the receiver can show records of {kind}", (p.returncode, p.stderr))
one = rows("scope", theirs, "--all", "--account", "gone")[0]["id"]
same("but not of a log that was gone", run("show", "--case", theirs, one, check=None).returncode in (1, 4), True)
same("and goes on with it", run("tracks", "add", "--case", theirs, "--account", "kato", "--why", "x").returncode, 0)
same("with the inputs in it, it is intact", verify("--case", theirs), (0, [], "intact"))
run("export", "--case", theirs, "--bundle", at("back.tar.zst"), "--inputs")
same("and gives it back with them", verify("--bundle", at("back.tar.zst")), (0, [], "intact"))

# --- damaged ----------------------------------------------------------------------------

original = os.path.join(theirs, "originals/000001")
whole = bytes_of(original)
put(original, whole.replace(b"kato", b"sato", 1))
same("an input in it that was changed", verify("--case", theirs)[:2], (4, [("changed", "originals/000001")]))
one = rows("scope", theirs, "--all", "--account", "kato")[0]["id"]
same("show refuses it", run("show", "--case", theirs, one, check=None).returncode, 4)
put(original, whole)
put(os.path.join(theirs, "originals/000099"), b"x")
same("an input nobody read", verify("--case", theirs)[:2], (4, [("added", "originals/000099")]))
os.rename(at("elsewhere"), at("logs"))

small = bytes_of(at("a.tar.zst"))
silent, crashed = [], []
for i in range(60):
    place = chance.randrange(len(small))
    flipped = bytearray(small)
    flipped[place] ^= 1 << chance.randrange(8)
    code, damages, text = verify("--bundle", put(at("bad.tar.zst"), bytes(flipped)))
    with_same_content = code == 0 and unpack(at("bad.tar.zst"), at(f"bad{i}"))
    if code == 0 and subprocess.run(["diff", "-r", with_same_content, unpack(at("a.tar.zst"), at(f"good{i}"))],
                                    capture_output=True, check=False).returncode != 0:
        silent.append(place)
    if code not in (0, 1, 4, 5):
        crashed.append((place, code, text))
same("flipped bits of a bundle are found, or change nothing in it", (silent, crashed), ([], []))
for n in (0, 1, 100, len(small) // 2, len(small) - 1):
    code, _, text = verify("--bundle", put(at("bad.tar.zst"), small[:n]))
    report(code in (1, 4), f"a bundle cut after {n} bytes", (code, text))

# --- traps ---------------------------------------------------------------------------------

link = tarfile.TarInfo("x/case/case.sqlite")
link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
hard = tarfile.TarInfo("x/case/case.sqlite")
hard.type, hard.linkname = tarfile.LNKTYPE, "x/README.txt"
fifo = tarfile.TarInfo("x/case/case.sqlite")
fifo.type = tarfile.FIFOTYPE
for name, members in (("a path out of it", [("x/../../escaped", b"1")]), ("an absolute path", [("/tmp/escaped", b"1")]),
                      ("a link", [(link, b"")]), ("a hard link", [("x/README.txt", b"1"), (hard, b"")]),
                      ("a pipe", [(fifo, b"")]), ("two folders", [("x/a", b"1"), ("y/a", b"1")]),
                      ("a file twice", [("x/a", b"1"), ("x/a", b"2")]), ("no folder", [("README.txt", b"1")]),
                      ("no sums", [("x/README.txt", b"1")]), ("nothing", [])):
    code, _, text = verify("--bundle", pack("trap.tar.zst", members))
    report(code == 1 and "bundle" in text, f"a bundle with {name}: refused", (code, text))
same("nothing got out", [p for p in ("/tmp/escaped", at("escaped")) if os.path.exists(p)], [])
code, _, text = verify("--bundle", pack("bomb.tar.zst", [("x/README.txt", bytes(70 << 20))]))
report(code == 1 and "400 times" in text, "a bomb: refused, with the limit", (code, text))

shutil.rmtree(TMP)
finish()
