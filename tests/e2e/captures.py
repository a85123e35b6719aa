#!/usr/bin/env python3
"""Every capture in tests/captures against what its clients really did."""
import os
import re

from lib import CAPTURES, Case, exact, finish, report, same

ROOTS = (b"/srv/share/", b"/srv/archive/")


def relative(path):
    for root in ROOTS:
        if path.startswith(root):
            return path[len(root):]
    return b"" if path + b"/" in ROOTS else path


def unescape(text):
    """Truth files of hostile names write bytes as \\xHH."""
    return re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), text)


def syslogged(name):
    """What rsyslog makes of control characters below space."""
    return re.sub(rb"[\x00-\x1f]", lambda m: b"#%03o" % m[0][0], name)


def lines(capture, name):
    p = os.path.join(CAPTURES, capture, name)
    if not os.path.exists(p):
        return None
    with open(p, "rb") as f:
        return [l for l in f.read().split(b"\n") if l]


def truth(capture, name):
    got = lines(capture, name)
    return None if got is None else {l.split(b"\t", 1)[-1].rstrip(b"/") for l in got}


def paths(rows, grade, **match):
    return {relative(exact(r)).rstrip(b"/") for r in rows
            if r["grade"] == grade and all(r[k] == v for k, v in match.items())}


def changed(rows, change):
    return {relative(exact(r)) for r in rows if change in r["changes"].split()}


STANDARD = {
    "rich": ["audit.log.xz"], "lean": ["audit.log"], "sync": ["audit.log"], "sendfile": ["audit.log"],
    "default-prefix": ["audit.log"], "kv-prefix": ["audit.log"], "ip-user": ["audit.log"],
    "space-prefix": ["audit.log"], "unicode-prefix": ["audit.log"], "syslog-no": ["log.smbd"],
    "rfc3164": ["audit.log"], "rfc5424": ["audit.log"], "raw": ["audit.log"],
    "journald-export": ["journal.export.xz"], "journald-json": ["journal.json.xz"],
    "journalctl-short": ["audit.log"], "repeated": ["audit.log"],
}

for name, files in STANDARD.items():
    # Shares that do not record the workstation or the share still say who and what.
    inputs = [os.path.join(CAPTURES, name, f) for f in files]
    with Case(*inputs, options=["--year", "2026", "--tz", "Asia/Tokyo"]) as c:
        got = c.scope()
        mine = [r for r in got if r["account"] == "kato"]
        same(f"{name}: files read", paths(mine, "read"), truth(name, "truth_read.tsv"))
        same(f"{name}: folders listed", paths(mine, "listed"), truth(name, "truth_listed_dirs.txt"))
        same(f"{name}: refused", paths(mine, "denied"), truth(name, "truth_denied.txt"))
        same(f"{name}: not there", paths(mine, "missing"), truth(name, "truth_notfound.txt"))
        same(f"{name}: written", changed(got, "written") >= truth(name, "truth_written.txt"), True)
        same(f"{name}: deleted", changed(got, "deleted") >= truth(name, "truth_deleted.txt"), True)
        renamed = {(relative(exact(r)), relative(exact(r, "new_path"))) for r in got
                   if "renamed" in r["changes"].split()}
        expected = {tuple(l.split(b"\t")) for l in lines(name, "truth_renamed.tsv")}
        same(f"{name}: renamed", renamed, expected)
        clients = {r["client"] for r in mine}
        same(f"{name}: client", clients, {"127.0.0.77"})
        # journalctl -o short puts "[66B blob data]" where a message is not UTF-8.
        skipped = 2 if name == "journalctl-short" else 0
        same(f"{name}: records skipped", sum(i["skipped"] for i in c.report()["inputs"]), skipped)

with Case(os.path.join(CAPTURES, "noisy-prefix", "audit.log")) as c:
    mine = [r for r in c.scope() if r["account"] == "kato"]
    same("noisy-prefix: files read", paths(mine, "read"), truth("noisy-prefix", "truth_read.tsv"))
    same("noisy-prefix: workstation and share", {(r["workstation"], r["share"]) for r in mine},
         {("kali", "data")})

with Case(os.path.join(CAPTURES, "two-prefixes", "audit.log")) as c:
    got = [r for r in c.scope() if r["account"] == "kato"]
    for share, suffix in (("data", ""), ("archive", ".archive")):
        same(f"two-prefixes: files read in {share}", paths(got, "read", share=share),
             truth("two-prefixes", f"truth_read{suffix}.tsv"))

with Case(os.path.join(CAPTURES, "typical", "audit.log")) as c:
    mine = [r for r in c.scope() if r["account"] == "kato"]
    same("typical (no create_file): files read", paths(mine, "read"), truth("typical", "truth_read.tsv"))
    report(any(r["reason"] == "no-opens" for r in c.report()["coverage"]),
           "typical: coverage says that opens are not recorded", c.report()["coverage"])

with Case(os.path.join(CAPTURES, "noreads", "audit.log")) as c:
    mine = [r for r in c.scope() if r["account"] == "kato"]
    same("noreads: nothing is claimed read", paths(mine, "read"), set())
    report(paths(mine, "opened") >= truth("noreads", "truth_read.tsv"), "noreads: opened holds what was read")
    report(any(r["reason"] == "no-reads" for r in c.report()["coverage"]),
           "noreads: coverage says that reads are not recorded", c.report()["coverage"])
    report(any("no read operations" in t for t in c.report()["limits"]), "noreads: the answer says so")

for log in ("audit.log", "audit.4.8.log"):
    with Case(os.path.join(CAPTURES, "oldnames", log)) as c:
        got = c.scope()
        mine = [r for r in got if r["account"] == "kato"]
        same(f"oldnames {log}: files read", paths(mine, "read"), truth("oldnames", "truth_read.tsv"))
        same(f"oldnames {log}: folders listed", {p for p in paths(mine, "listed") if p != b"."} | {b""},
             truth("oldnames", "truth_listed_dirs.txt"))
        # 4.9 names a folder relative to the share when it searches it, and the
        # file in full: that the name does not exist cannot be concluded then.
        unclear = {b"Projects/no such file.docx"} if log == "audit.log" else set()
        same(f"oldnames {log}: refused", paths(mine, "denied"),
             truth("oldnames", "truth_denied.txt") | unclear)
        report(changed(got, "deleted") >= truth("oldnames", "truth_deleted.txt"), f"oldnames {log}: deleted")

with Case(os.path.join(CAPTURES, "hostile-names", "audit.log")) as c:
    expected = {syslogged(unescape(l.split(b"\t", 1)[1])) for l in lines("hostile-names", "truth_read.tsv")}
    same("hostile-names: files read, byte for byte", paths(c.scope(), "read"), expected)

with Case(os.path.join(CAPTURES, "hostile-names-smbd-log", "log.smbd")) as c:
    expected = {unescape(l.split(b"\t", 1)[1]) for l in lines("hostile-names-smbd-log", "truth_read.tsv")}
    same("hostile-names-smbd-log: files read, newlines included", paths(c.scope(), "read"), expected)

with Case(os.path.join(CAPTURES, "impacket")) as c:
    mine = [r for r in c.scope() if r["account"] == "watanabe"]
    same("impacket: files read", paths(mine, "read"), truth("impacket", "truth_read.tsv"))
    same("impacket: folders listed", paths(mine, "listed"), truth("impacket", "truth_listed_dirs.txt"))

with Case(os.path.join(CAPTURES, "ransom")) as c:
    got = c.scope()
    same("ransom: files read", paths(got, "read"), truth("ransom", "truth_read.tsv"))
    same("ransom: written", changed(got, "written") >= truth("ransom", "truth_written.txt"), True)
    same("ransom: renamed", {relative(exact(r)) for r in got if "renamed" in r["changes"]},
         {l.split(b"\t")[0] for l in lines("ransom", "truth_renamed.tsv")})

with Case(os.path.join(CAPTURES, "copy-delete")) as c:
    got = c.scope()
    same("copy-delete: files read", paths(got, "read"), truth("copy-delete", "truth_read.tsv"))
    same("copy-delete: deleted", changed(got, "deleted") >= truth("copy-delete", "truth_deleted.txt"), True)

with Case(os.path.join(CAPTURES, "guest")) as c:
    got = c.scope()
    same("guest: files read", paths(got, "read", account="nobody"), truth("guest", "truth_read.tsv"))
    same("guest: anonymous attempts are no spraying",
         [f for f in c.report()["findings"] if f["kind"].startswith("password")], [])

with Case(os.path.join(CAPTURES, "ratelimit")) as c:
    mine = paths(c.scope(), "read")
    report(mine <= truth("ratelimit", "truth_read.tsv"), "ratelimit: nothing is claimed that was not read")
    cover = [r for r in c.report()["coverage"] if r["reason"] == "rate-limit"]
    same("ratelimit: the loss is counted", sum(r["count"] or 0 for r in cover), 189)

with Case(os.path.join(CAPTURES, "truncated", "audit.log"), options=["--year", "2026"]) as c:
    got = c.scope()
    whole = {p for p in paths(got, "read") if len(p) < 800}
    report(whole <= truth("truncated", "truth_read.tsv"), "truncated: whole paths are true")
    report(any(r["reason"] == "cut" for r in c.report()["coverage"]), "truncated: cut paths are counted")
    marked = [exact(r) for r in got if "path-cut" in r["remarks"]]
    report(len(marked) >= 2 and all(len(p) > 600 for p in marked), "truncated: and marked", marked)

with Case(os.path.join(CAPTURES, "spray")) as c:
    kinds = {(f["kind"], f["severity"], f["client"]) for f in c.report()["findings"]}
    report(any(k == "password-spray" and s == "high" for k, s, _ in kinds), "spray: found, with the success", kinds)
    same("spray: files read", paths([r for r in c.scope() if r["client"] == "127.0.0.111"], "read"),
         truth("spray", "truth_read.tsv"))

finish()
