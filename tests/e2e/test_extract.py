#!/usr/bin/env python3
"""Text out of documents of every kind: found in whole ones, never a crash on damaged ones."""
import os
import re
import shutil
import subprocess
import tempfile

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
