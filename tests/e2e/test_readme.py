#!/usr/bin/env python3
"""README.md: the answer it shows is the one the bundled capture gives."""
import os
import re
import tempfile

from lib import ROOT, finish, run, same


def stable(text):
    """Without what differs from run to run and from place to place."""
    text = re.sub(r"[0-9.]+ s, [0-9]+ MB/s", "T s, R MB/s", text)
    return re.sub(r"\S+/case\b", "CASE", text)


with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
    shown = re.search(r"```text\n\$ make demo\n(.*?)```", f.read(), re.S)[1]
command = re.search(r"^  \$ ashiato (.*)$", shown, re.M)
args = command[1].split()
with tempfile.TemporaryDirectory(prefix="ashiato-test-") as d:
    args[args.index("--case") + 1] = os.path.join(d, "case")
    out = run(*args, "--quiet", cwd=ROOT).stdout.decode()
shown = shown[command.end():].split("\nThe page:", 1)[0]
same("the answer in README.md", stable(out).strip().split("\n"), stable(shown).strip().split("\n"))
finish()
