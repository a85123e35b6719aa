#!/usr/bin/env python3
"""What is recognised in labelled documents: generated ones in many formats, and those of
tests/classes, by hand in other layouts. Recall 0.98, precision 0.95, persons within 5 %."""
import os
import subprocess
import sys
import tempfile

from lib import ASHIATO, ROOT, finish, report, same

TOOLS = os.path.join(ROOT, "bench/classes")
ENV = dict(os.environ, CLASSSCAN=os.path.join(os.path.dirname(ASHIATO), "classscan"))


def python(*args):
    return subprocess.run([sys.executable, *args], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def files(folder):
    return {n: open(os.path.join(folder, n), "rb").read() for n in os.listdir(folder)}


with tempfile.TemporaryDirectory() as tmp:
    for seed in ("11", "12"):
        made = python(os.path.join(TOOLS, "corpus.py"), os.path.join(tmp, seed), "--seed", seed)
        same(f"documents are made, seed {seed}", made.returncode, 0)
        got = python(os.path.join(TOOLS, "measure.py"), os.path.join(tmp, seed), "--misses")
        report(got.returncode == 0, f"they are recognised, seed {seed}", got.stdout)
    python(os.path.join(TOOLS, "corpus.py"), os.path.join(tmp, "again"), "--seed", "12")
    same("the same seed makes the same documents", files(os.path.join(tmp, "again")) == files(os.path.join(tmp, "12")), True)
got = python(os.path.join(TOOLS, "measure.py"), os.path.join(ROOT, "tests/classes"), "--misses")
report(got.returncode == 0, "documents by hand are recognised", got.stdout)
finish()
