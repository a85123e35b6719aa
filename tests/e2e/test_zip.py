#!/usr/bin/env python3
"""ZIP files: what is inside is read as if it were unpacked, and what cannot be is
named. They come from anywhere: their names, sizes and counts may be lies."""
import hashlib
import os
import shutil
import struct
import subprocess
import tempfile
import warnings
import zipfile

import wincase
import winlog
from lib import ROOT, Case, finish, report, rows, run, same

TMP = tempfile.mkdtemp(prefix="ashiato-test-")
SAMBA = os.path.join(ROOT, "tests/captures/typical/audit.log")
SQL = ("SELECT server, share, account, client, workstation, grade, changes, object, first, last, records, path, new_path "
       "FROM accesses ORDER BY ALL")


def at(name):
    return os.path.join(TMP, name)


def bytes_of(path):
    with open(path, "rb") as f:
        return f.read()


def put(name, data):
    with open(at(name), "wb") as f:
        f.write(data)
    return at(name)


def pack(name, members, method=zipfile.ZIP_DEFLATED, **options):
    with zipfile.ZipFile(at(name), "w", method, **options) as z:
        for member, data in members:
            z.writestr(member, data)
    return at(name)


def result(*inputs):
    """Accesses as text, and the inputs by name inside of the folder."""
    with Case(*inputs, check=None) as c:
        out = run("query", "--case", c.case, "--format", "tsv", SQL).stdout
        return out, {os.path.relpath(i["name"], TMP): i for i in c.report()["inputs"]}


log = put("Security.evtx", b"")
winlog.put_evtx(log, wincase.make(seed=7, hours=2).events)
samba = bytes_of(SAMBA)
whole, _ = result(log, SAMBA)
report(whole.count(b"\n") > 100, "there are accesses to compare", whole[:300])

# --- several files of several formats ------------------------------------------

members = [("logs/", b""), ("logs/Security.evtx", bytes_of(log)), ("logs/監査 log.txt", samba), ("readme.txt", b"nothing\n")]
for name, method, options in (("plain.zip", zipfile.ZIP_STORED, {}), ("deflated.ZIP", zipfile.ZIP_DEFLATED, {}),
                              ("bzip2.zip", zipfile.ZIP_BZIP2, {}), ("lzma.zip", zipfile.ZIP_LZMA, {})):
    path = pack(name, members, method, **options)
    before = bytes_of(path)
    got, inputs = result(path)
    same(f"{name}: accesses", got.splitlines(), whole.splitlines())
    same(f"{name}: each file is an input", {n: i["state"] for n, i in inputs.items()},
         {f"{name}/logs/Security.evtx": "complete", f"{name}/logs/監査 log.txt": "complete",
          f"{name}/readme.txt": "unrecognised"})
    evtx = inputs[f"{name}/logs/Security.evtx"]
    same(f"{name}: the hash is that of the file inside", evtx["sha256"], hashlib.sha256(bytes_of(log)).hexdigest())
    same(f"{name}: and so is the size", (evtx["size"], evtx["compression"]), (os.path.getsize(log), "zip"))
    same(f"{name}: not changed", bytes_of(path) == before, True)

# zip64, by more than 4 GiB said of one file or by being written so
with zipfile.ZipFile(at("big.zip"), "w", zipfile.ZIP_DEFLATED, allowZip64=True) as z:
    for member, data in members:
        with z.open(member, "w", force_zip64=not member.endswith("/")) as f:
            f.write(data)
same("zip64 sizes: accesses", result(at("big.zip"))[0] == whole, True)

# one file by its name, in a folder, and through a link
folder = at("folder")
os.mkdir(folder)
shutil.copy(at("plain.zip"), folder)
alone, inputs = result(at("plain.zip/logs/Security.evtx"))
same("one file by its name", {n: i["state"] for n, i in inputs.items()}, {"plain.zip/logs/Security.evtx": "complete"})
same("one file by its name: accesses", alone == result(log)[0], True)
same("in a folder", result(folder)[0] == whole, True)
same("a folder that is named like a ZIP file", result(shutil.move(folder, at("x.zip")))[0] == whole, True)
_, inputs = result(at("plain.zip/logs/none.evtx"), log)
problem = inputs["plain.zip/logs/none.evtx"]
same("a file that is not inside", (problem["state"], "is not in the zip file" in problem["problem"]), ("unreadable", True))

# --- again, and back to the records -----------------------------------------------

with Case(at("plain.zip"), check=None) as c:
    first = run("query", "--case", c.case, "--format", "tsv", SQL).stdout
    run("investigate", at("deflated.ZIP"), log, "--case", c.case)
    same("the same bytes are not added again", run("query", "--case", c.case, "--format", "tsv", SQL).stdout == first, True)
    row = rows("scope", c.case, "--all", "--grade", "read")[0]
    shown = run("show", row["id"], "--case", c.case)
    same("`show` finds the records inside", shown.returncode, 0)
    os.rename(at("plain.zip"), at("moved.zip"))
    report(b"cannot be opened" in run("show", row["id"], "--case", c.case, check=1).stderr, "and says when it is gone")
    os.rename(at("moved.zip"), at("plain.zip"))

# --- names -------------------------------------------------------------------------

names = ["../../etc/passwd", "/etc/passwd", "a\nb\x1b[31m.log", "C:\\x\\y.log", "-", "x" * 300, "plain.zip/logs/a.log"]
path = pack("names.zip", [(n, samba) for n in names])
_, inputs = result(path)
same("any name is only a name", len(inputs), len(names))
same("all of them are the log", sorted(i["state"] for i in inputs.values()), ["complete"] + ["duplicate"] * (len(names) - 1))
with zipfile.ZipFile(at("twice.zip"), "w") as z:
    warnings.simplefilter("ignore")
    z.writestr("a.log", samba)
    z.writestr("a.log", bytes_of(log))
_, inputs = result(at("twice.zip"))
with Case(at("twice.zip"), check=None) as c:
    problems = [(i["state"], "another file of this name" in (i["problem"] or "")) for i in c.report()["inputs"]]
    same("two files of one name: the second is named as not read", sorted(problems), [("complete", False), ("unreadable", True)])

# --- what cannot be read --------------------------------------------------------------


def problem_of(path, name=None):
    with Case(path, SAMBA, check=None) as c:
        bad = [i for i in c.report()["inputs"] if i["name"] != SAMBA]
        return [(i["state"], i["problem"] or "") for i in bad]


data = bytes_of(at("plain.zip"))
packed = bytes_of(at("deflated.ZIP"))
for name, content, words in (
        ("cut.zip", data[:-30], "damaged or cut off"),
        ("half.zip", data[:len(data) // 2], "damaged or cut off"),
        ("head.zip", b"PK\3\4", "damaged or cut off"),
        ("noise.zip", b"PK\3\4" + os.urandom(100000), "damaged or cut off"),
        ("far.zip", data[:-6] + b"\xff\xff\xff\x7f" + data[-2:], "damaged or cut off")):
    problems = problem_of(put(name, content))
    report(len(problems) == 1 and problems[0][0] == "unreadable" and words in problems[0][1], f"{name}: named", problems)
problems = problem_of(put("empty.zip", b"PK\5\6" + bytes(18)))
report(len(problems) == 1 and "there is no file" in problems[0][1], "an empty one is named as that", problems)
same("a file of another kind that is named so", [p[0] for p in problem_of(put("not.zip", b"hello\n" * 10))], ["unrecognised"])

# A byte of the log is another one, also where nothing is compressed: its checksum tells.
for name, content in (("plain", data), ("deflated", packed)):
    where = content.index("監査 log.txt".encode()) + 500
    _, inputs = result(put("flipped.zip", content[:where] + bytes([content[where] ^ 1]) + content[where + 1:]))
    states = {os.path.basename(n): i["state"] for n, i in inputs.items()}
    report(states["監査 log.txt"] in ("damaged", "unreadable"), f"a flipped bit is seen, {name}", inputs)
    same(f"and the other file is whole, {name}", states["Security.evtx"], "complete")

if shutil.which("zip"):
    subprocess.run(["zip", "-q", "-j", "-P", "secret", at("secret.zip"), SAMBA], check=True)
    problems = problem_of(at("secret.zip"))
    report(len(problems) == 1 and "is encrypted" in problems[0][1], "an encrypted file is named as that", problems)

# --- lies about how many ----------------------------------------------------------------

many = pack("many.zip", [(f"{i}.log", b"") for i in range(10001)], zipfile.ZIP_STORED)
problems = problem_of(many)
report(len(problems) == 1 and "more than 10,000 files" in problems[0][1], "too many files are refused at once", problems[:3])
lie = bytearray(bytes_of(many))
end = lie.rindex(b"PK\5\6")
lie[end + 8:end + 12] = struct.pack("<HH", 3, 3)
report("more than 10,000 files" in problem_of(put("lie.zip", bytes(lie)))[0][1], "whatever the end says")

shutil.rmtree(TMP)
finish()
