"""Public Windows logs of attacks: what a case says of them against what libevtx reads in
them. Skipped where the samples, or evtxexport, are not there."""
import glob
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

from lib import SAMPLES, Case, finish, report, rows, run, same, skipped

READ = 0x1 | 0x80000000 | 0x10000000


def events(path):
    """What evtxexport reads: [(id, failed, {name: value})]."""
    out = subprocess.run(["evtxexport", "-f", "xml", path], capture_output=True, check=False).stdout
    text = out.decode("utf-8", "replace")
    for event in re.findall(r"<Event xmlns.*?</Event>", text, re.S):
        try:
            root = ET.fromstring(re.sub(r'xmlns="[^"]*"', "", event, count=1))
        except ET.ParseError:
            continue
        if root.findtext("System/Channel") != "Security":
            continue
        data = {d.get("Name"): (d.text or "").strip() for d in root.iter("Data")}
        failed = int(root.findtext("System/Keywords") or "0", 16) & 0x10000000000000 != 0
        yield int(root.findtext("System/EventID")), failed, data


def shares(all_events):
    """{(share, path, account, client): could it be read} of 5145 on files."""
    found = {}
    for id, failed, d in all_events:
        share = d.get("ShareName", "").rpartition("\\")[2]
        if id != 5145 or share == "IPC$":
            continue
        path = d["RelativeTargetName"].rstrip("\\") or "\\"
        key = (share, path, d["SubjectUserName"], d["IpAddress"].replace("::ffff:", ""))
        opened = not failed and int(d["AccessMask"], 16) & READ != 0
        found[key] = found.get(key, False) or opened
    return found


def objects(all_events):
    """{path} of files whose right to be read was used, by 4663."""
    return {d["ObjectName"].rstrip("\\") for id, _, d in all_events
            if id == 4663 and d.get("ObjectType") == "File" and int(d["AccessMask"], 16) & 0x1}


def check(path):
    name = os.path.basename(path)
    known = list(events(path))
    with Case(path) as c:
        got = rows("scope", c.case, "--all")
        files = [r for r in got if r["share"] not in ("IPC$", "")]
        want = shares(known)
        same(f"{name}: share, path, account and client of every 5145",
             {(r["share"], r["path"], r["account"], r["client"]) for r in files}, set(want))
        same(f"{name}: opened or listed where the mask allows reading, and no more",
             {(r["share"], r["path"], r["account"], r["client"]) for r in files if r["grade"] in ("opened", "listed")},
             {key for key, opened in want.items() if opened})
        read = {r["path"] for r in got if r["grade"] == "read" or r["remarks"] == "file-or-folder" and r["share"] == ""}
        same(f"{name}: what 4663 proves", read, objects(known))
        for id, kind in ((1102, "log-cleared"), (5142, "share-change")):
            if any(e[0] == id for e in known):
                kinds = {f["kind"] for f in rows("findings", c.case)}
                report(kind in kinds, f"{name}: finding {kind}", kinds)


def main():
    paths = sorted(glob.glob(os.path.join(SAMPLES, "evtx", "**", "*.evtx"), recursive=True))
    if not paths or shutil.which("evtxexport") is None:
        skipped("public Windows logs", "the samples or evtxexport are not here")
        return
    for path in paths:
        check(path)
    # A copy of a whole folder tree, known by 5145 alone.
    copy = [p for p in paths if p.endswith("LM_5145_Remote_FileCopy.evtx")]
    for path in copy:
        with Case(path) as c:
            tracks = rows("tracks", c.case)
            same("the copied tree: one track", {(t["account"], t["client"]) for t in tracks},
                 {("Administrator", "10.0.2.15")})
            same("the copied tree: nothing is said to be read",
                 [r for r in rows("scope", c.case, "--all") if r["grade"] == "read"], [])
            text = run("report", "--case", c.case).stdout.decode()
            report("only checks of access are recorded" in text, "the copied tree: said why", text)


if __name__ == "__main__":
    main()
    finish()
