#!/usr/bin/env python3
"""README.md: the answer it shows is the one the bundled capture gives.
--update puts the present answer into README.md."""
import os
import re
import sys
import tempfile

from lib import ROOT, finish, run, same

README = os.path.join(ROOT, "README.md")


def stable(text):
    """Without what differs from run to run."""
    return re.sub(r"[0-9.]+ s, [0-9]+ MB/s", "T s, R MB/s", text).strip().split("\n")


with open(README, encoding="utf-8") as f:
    page = f.read()
shown = re.search(r"^  \$ ashiato ([^\n]*)\n(.*?)\nThe page: ", page, re.M | re.S)
args = shown[1].split()
place = args[args.index("--case") + 1]
with tempfile.TemporaryDirectory(prefix="ashiato-test-") as d:
    case = os.path.join(d, "case")
    args[args.index("--case") + 1] = case
    answer = run(*args, "--quiet", cwd=ROOT).stdout.decode().replace(case, place)
if sys.argv[1:] == ["--update"]:
    with open(README, "w", encoding="utf-8") as f:
        f.write(page[:shown.start(2)] + answer + page[shown.end(2):])
else:
    same("the answer in README.md", stable(answer), stable(shown[2]))
    finish()
