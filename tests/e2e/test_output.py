#!/usr/bin/env python3
"""docs/OUTPUT.md: columns and their types, exit codes, members of report.json, encodings."""
import base64
import json
import os
import re
import tempfile

from lib import CAPTURES, ROOT, Case, finish, report, run, same

with open(os.path.join(ROOT, "docs/OUTPUT.md"), encoding="utf-8") as f:
    page = f.read()


def table(heading):
    """First cells of the first table under a heading, names parted, with what marks them."""
    part = page.split(f"\n{heading}\n", 1)[1]
    lines = part[part.index("\n|---"):].split("\n")[2:]
    cells = []
    for line in lines:
        if not line.startswith("|"):
            break
        cells += line.split("|")[1].split(",")
    return [(c.replace("*int*", "").replace("†", "").strip(" `"), "*int*" in c, "†" in c)
            for c in cells]


def check_columns(command, *args):
    columns = table(f"### {command}")
    named = command.split()
    header = run(*named, *args, "--format", "tsv").stdout.decode().split("\n", 1)[0].split("\t")
    same(f"{command}: columns", header, [c[0] for c in columns])
    rows = json.loads(run(*named, *args, "--format", "json").stdout)
    report(len(rows) > 0, f"{command}: has rows")
    # A list of names before *int* is of integers as a whole.
    ints = set()
    for line in page.split(f"\n### {command}\n", 1)[1].split("\n### ", 1)[0].split("\n"):
        cell = line.split("|")[1] if line.startswith("| ") else ""
        if "*int*" in cell:
            ints |= {c.replace("*int*", "").strip() for c in cell.split(",")}
    wrong = {k for r in rows for k, v in r.items()
             if v is not None and (isinstance(v, int)) != (k.split("_base64")[0] in ints)}
    same(f"{command}: types", wrong, set())


DEMO = [os.path.join(ROOT, "demo/capture", n) for n in ("audit.log.xz", "auth_audit.json")]
with Case(*DEMO) as c:
    for command in ("scope", "findings", "tracks", "coverage"):
        check_columns(command, "--case", c.case)
    run("tracks", "accept", "T1", "--case", c.case)
    check_columns("tracks log", "--case", c.case)
    same("exit 1: a decision that is refused", run("tracks", "accept", "T9", "--case", c.case, check=None).returncode, 1)
    access = json.loads(run("scope", "--case", c.case, "--json").stdout)[0]["id"]
    check_columns("show", access, "--case", c.case)
    members = [m for m, _, _ in table("## report.json")]
    top = [m.split(".")[0] for m in members if m != "generated_at"]
    same("report.json: members", set(c.report()), set(top))
    same("exit 1: no such access", run("show", "A9-9", "--case", c.case, check=None).returncode, 1)
    same("exit 2: no such grade",
         run("scope", "--case", c.case, "--grade", "foo", check=None).returncode, 2)

with open(os.path.join(ROOT, "include/ashiato/reasons.def"), encoding="utf-8") as f:
    reasons = set(re.findall(r'ASH_REASON\(\w+, (?:SKIPPED|DOUBTFUL|LOSS), "([a-z-]+)"', f.read()))
named = set(re.findall(r"[a-z]+(?:-[a-z]+)*", page.split("### coverage", 1)[1].split("### show")[0]))
same("reasons that are not on the page", reasons - named, set())

with tempfile.TemporaryDirectory(prefix="ashiato-test-") as d:
    log, case = os.path.join(d, "a.log"), os.path.join(d, "case")
    name = b"/srv/data/\x83e\x83X\x83g.txt"
    line = b"2026-11-24T10:00:00+09:00 fs01 smbd_audit: kato|10.0.0.5|ws1|data|%s|ok|%s\n"
    with open(log, "wb") as f:
        f.write(line % (b"pread_recv", name) + line % (b"pread_recv", b"=1+1,x.csv"))
    run("investigate", log, "--case", case, "--quiet")
    got = json.loads(run("scope", "--case", case, "--all", "--json").stdout)
    exact = [r for r in got if "path_base64" in r]
    same("exact bytes where they are not UTF-8", [base64.b64decode(r["path_base64"]) for r in exact], [name])
    tsv = run("scope", "--case", case, "--all", "--format", "tsv").stdout
    report(b"\n" + name + b"\t" in tsv, "tsv holds the bytes")
    csv = run("scope", "--case", case, "--all", "--format", "csv").stdout
    report(b"\r\n\"'=1+1,x.csv\"," in csv, "csv keeps a spreadsheet from running a name")
    with open(log, "r+b") as f:
        f.seek(3)
        f.write(b"7")
    same("exit 4: the input has changed",
         run("show", exact[0]["id"], "--case", case, check=None).returncode, 4)
    with open(log, "wb") as f:
        f.write(b"nothing of the kind\n")
    other = os.path.join(d, "other")
    same("exit 3: no usable input",
         run("investigate", log, "--case", other, "--quiet", check=None).returncode, 3)
    with open(os.path.join(other, "report.json"), encoding="utf-8") as f:
        same("the report is written all the same", json.load(f)["answer"]["verdict"], "cannot-tell")
finish()
