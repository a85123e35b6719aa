#!/usr/bin/env python3
"""investigate --files: the files an intruder read, as they lie on a disk now."""
import os
import shutil
import tempfile

from lib import ROOT, Case, finish, report, run, same

CAPTURE = [os.path.join(ROOT, "demo/capture", f) for f in ("audit.log.xz", "auth_audit.json")]
BEFORE, AFTER = 1760000000, 1900000000  # 2025 and 2030: the capture is of November 2026

with Case(*CAPTURE) as plain:
    same("without --files nothing is claimed", plain.report()["disk"], None)
    read = [r[1] for r in plain.report()["files"]["rows"] if r[4] == "read"]

tree = tempfile.mkdtemp(prefix="ashiato-test-")
try:
    for p in read:
        # The share's folder was copied: /srv/kyoyu/a/b lies at TREE/a/b.
        path = os.path.join(tree, *p.split("/")[3:])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(b"x" * 10)
        os.utime(path, (BEFORE, BEFORE))
    at = lambda i: os.path.join(tree, *read[i].split("/")[3:])
    os.utime(at(0), (AFTER, AFTER))
    os.remove(at(1))
    os.remove(at(2))
    os.symlink("/etc/hostname", at(2))
    os.remove(at(3))
    os.mkfifo(at(3))
    accessed = os.stat(at(4)).st_atime_ns

    with Case(*CAPTURE, options=["--files", tree]) as c:
        r = c.report()
        d = r["disk"]
        same("all files read are looked for", d["files"], len(read))
        same("changed", d["changed"], 1)
        same("gone", d["missing"], 1)
        same("links and pipes are no files", d["other"], 2)
        same("the others are as they were", d["same"], len(read) - 4)
        same("bytes", d["bytes"], 10 * (len(read) - 3))
        same("where the share begins was found", [(s["share"], s["below"]) for s in d["shares"]],
             [("kyoyu", "/srv/kyoyu")])
        by_path = {r["files"]["rows"][row[0]][1]: row[1] for row in d["rows"]}
        same("rows name their files", [by_path[read[i]] for i in range(5)],
             ["changed", "missing", "other", "other", "same"])
        same("no access time was touched", os.stat(at(4)).st_atime_ns, accessed)
        text = c.out.stdout.decode()
        report(f"unchanged since {len(read) - 4:,}" in text, "the answer says it", text)
        run("report", "--case", c.case, "--files", os.path.join(tree, "nowhere"), check=2)
        empty = os.path.join(tree, "empty")
        os.mkdir(empty)
        out = run("report", "--case", c.case, "--files", empty).stdout.decode()
        report("none of its files was found" in out.replace("\n  ", " "), "a wrong folder is noticed", out)
finally:
    shutil.rmtree(tree)
finish()
