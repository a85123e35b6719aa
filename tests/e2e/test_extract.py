#!/usr/bin/env python3
"""Text out of documents of every kind: found in whole ones, never a crash on damaged ones."""
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import zipfile

import documents
from lib import ASHIATO, finish, report, same

TOOL = os.path.join(os.path.dirname(ASHIATO), "extract_text")
TEXT = "山田太郎 東京都"
dir = tempfile.mkdtemp(prefix="ashiato-test-")


def extract(*paths, timeout=60):
    p = subprocess.run([TOOL, *paths], capture_output=True, timeout=timeout)
    return p.returncode, p.stdout.decode(errors="replace")


def write(name, content):
    path = os.path.join(dir, name)
    with open(path, "wb") as f:
        f.write(content)
    return path


def outcome(out):
    m = re.search(r"^## (\S+) (\S+)", out, re.M)
    return m.groups() if m else None


try:
    every = documents.every_kind(TEXT, os.path.join(dir, "made.db"))
    for name, (content, kind) in every.items():
        code, out = extract(write(name, content))
        same(f"{name} is read", (code, outcome(out), out.count(TEXT)), (0, (kind, "ok"), 1))

    # A name says nothing.
    code, out = extract(write("picture.png", every["a.docx"][0]))
    same("content decides, not the name", outcome(out), ("docx", "ok"))

    for name, content, want in (
            ("locked.zip", documents.locked_zip("a.txt", b"x" * 100), ("zip", "encrypted")),
            ("locked.odt", documents.odf("text", "", encrypted=True), ("odt", "encrypted")),
            ("locked.docx", documents.ole([("EncryptedPackage", b"x"), ("EncryptionInfo", b"y")]), ("ole", "encrypted")),
            ("locked.xls", documents.ole([("Workbook", b"\x09\x08\x04\0\0\x06\5\0\x2f\0\2\0\0\0")]), ("xls", "encrypted")),
            ("bomb.zip", documents.zipped([("zeros", b"\0" * (300 << 20))]), ("zip", "bomb"))):
        code, out = extract(write(name, content))
        same(f"{name}: {want[1]}", (code, outcome(out)), (0, want))

    code, out = extract(write("ten.zip", documents.nested(every["a.docx"][0], "a.docx", 10)))
    same("ten levels are read", (out.count(TEXT), "too-deep" in out), (1, False))
    code, out = extract(write("eleven.zip", documents.nested(every["a.docx"][0], "a.docx", 11)))
    same("the eleventh is named", (out.count(TEXT), out.count("a.docx: unknown too-deep")), (0, 1))

    code, out = extract(write("mixed.zip", documents.zipped(
        [("good.txt", TEXT), ("bad.docx", every["a.docx"][0][:200]), ("../../evil.txt", TEXT)])))
    same("a damaged member costs itself", (out.count(TEXT), re.search(r"bad.docx: \w+ damaged", out) is not None), (2, True))

    # Limits of src/base/limits.h.
    code, out = extract(write("deep.rtf", b"{\\rtf1 " + TEXT.encode("cp932") + b"{" * 1100 + b"x" + b"}" * 1101))
    same("groups in groups", (code, outcome(out)), (0, ("rtf", "damaged")))
    for kind, head, foot in (("html", "<html><body>", "</body></html>"), ("xml", '<?xml version="1.0"?><r>', "</r>")):
        for depth, want in ((900, "ok"), (1100, "damaged")):
            code, out = extract(write("deep", f"{head}{TEXT}{'<div>' * depth}x{'</div>' * depth}{foot}".encode()))
            same(f"{depth} elements in elements in {kind}", (code, outcome(out), TEXT in out), (0, (kind, want), True))
    long = "/".join(["x" * 200] * 25) + "/end.txt"
    code, out = extract(write("long.tar", documents.tar([(long, TEXT.encode())])))
    same("a long path is cut, its text is not", (code, out.count(TEXT), "x" * 200 in out, "end.txt" in out),
         (0, 1, True, False))
    code, out = extract(write("many.tar", documents.tar([(str(i), b"") for i in range(100_001)])))
    same("members", (code, outcome(out)), (0, ("archive", "too-many")))
    with open(write("large.doc", documents.ole([("WordDocument", b"x")])[:512]), "r+b") as f:
        f.truncate((1 << 30) + 1)
    same("a file looked at as a whole", outcome(extract(os.path.join(dir, "large.doc"))[1]), ("ole", "too-large"))
    head = tarfile.TarInfo("large")
    head.size = 257 << 20
    with open(write("large.tar", head.tobuf()), "r+b") as f:
        f.truncate((257 << 20) + 2048)
    code, out = extract(os.path.join(dir, "large.tar"))
    same("a member held in memory", (code, "large: unknown too-large" in out), (0, True))
    os.remove(os.path.join(dir, "large.tar"))
    code, out = extract(write("strings.xlsx", documents.xlsx([["x" * (1 << 20)] * 65 + [TEXT]], zipfile.ZIP_STORED)))
    same("strings beyond the limit come on their own", (code, outcome(out), out.count(TEXT)), (0, ("xlsx", "ok"), 1))

    # Cut at every byte: an answer, no more text than there was, never a crash.
    for name in ("a.docx", "a.rtf", "a.json", "a.html", "a.txt.gz", "sjis.txt", "jis.txt", "a.eml", "a.tar.xz"):
        content = every[name][0]
        parts = os.path.join(dir, "cut-" + name)
        os.mkdir(parts)
        files = []
        for n in range(len(content)):
            files.append(os.path.join(parts, f"{n:06}"))
            with open(files[-1], "wb") as f:
                f.write(content[:n])
        code, out = extract(*files)
        same(f"{name} cut at every byte", (code, out.count("\n## ") + out.startswith("## "), out.count(TEXT) <= len(files)),
             (0, len(files), True))
        shutil.rmtree(parts)
    # Large ones at some places, and with bytes turned round.
    for name in ("a.doc", "a.xls", "a.ppt", "a.msg", "a.db", "a.xlsx", "a.ods", "nested.zip", "a.mbox"):
        content = every[name][0]
        files = []
        for i in range(60):
            at = (i * 7919) % len(content)
            bad = bytearray(content)
            bad[at] ^= 1 << i % 8
            files.append(write(f"flip-{i}", bytes(bad) if i % 3 else content[:at]))
        code, out = extract(*files)
        same(f"{name} damaged at sixty places", (code, len(re.findall(r"^## ", out, re.M))), (0, 60))
finally:
    shutil.rmtree(dir)
finish()
