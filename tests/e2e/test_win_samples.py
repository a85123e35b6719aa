#!/usr/bin/env python3
"""Windows events of real servers, where samples are there: read from an .evtx file,
from the XML libevtx makes of it and from what `dump` writes they are the same, and
of NXLog's JSON comes what Python finds in it. ASHIATO_SAMPLES says where samples are (lib.py)."""
import datetime
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile
import zipfile

from lib import SAMPLES, Case, finish, report, run, same, skipped

TMP = tempfile.mkdtemp(prefix="ashiato-test-")
ACCESSES = ("SELECT server, share, account, client, workstation, grade, changes, object, first, last, records, path, new_path "
            "FROM accesses ORDER BY ALL")
LOGONS = ("SELECT time, server, account, client, workstation, ok, anonymous, unknown_account, status, service, domain "
          "FROM logons ORDER BY ALL")


def table(c, sql):
    return run("query", "--case", c.case, "--format", "tsv", sql).stdout.decode(errors="replace").splitlines()[1:]


def read(path):
    with Case(path, options=["--tz", "UTC"], check=None) as c:
        # libevtx fills numbers up with zeros
        logons = [re.sub(r"\t0x0*(?=[0-9a-f])", "\t0x", line) for line in table(c, LOGONS)]
        return c.report()["inputs"][0], table(c, ACCESSES), sorted(logons)


# --- .evtx against the text of it ----------------------------------------------

evtx = sorted(glob.glob(os.path.join(SAMPLES, "evtx/**/*.evtx"), recursive=True))
total = 0


def compare(name, form, want, path, source):
    got = read(path)
    same(f"{name}, {form}: recognised", (got[0]["source"], got[0]["state"]), (source, "complete"))
    same(f"{name}, {form}: accesses", got[1], want[1])
    same(f"{name}, {form}: logons", got[2], want[2])
    same(f"{name}, {form}: nothing skipped", got[0]["skipped"], 0)
    return got[0]


if not evtx:
    skipped("event logs and the text of them", "no samples")
for path in evtx:
    name, want = os.path.basename(path), read(path)
    total += len(want[1]) + len(want[2])
    for form, source in (("xml", "win-xml"), ("jsonl", "win-json")):
        text = os.path.join(TMP, "dump." + form)
        with open(text, "wb") as f:
            f.write(run("dump", "--quiet", "--format", form, path, check=None).stdout)
        compare(name, "dump as " + form, want, text, source)
    if shutil.which("evtxexport") is None:
        skipped(f"{name}, libevtx's XML", "evtxexport is not installed")
        continue
    text = os.path.join(TMP, "libevtx.xml")
    with open(text, "wb") as f:
        subprocess.run(["evtxexport", "-f", "xml", path], stdout=f, stderr=subprocess.DEVNULL, check=False)
    got = compare(name, "libevtx's XML", want, text, "win-xml")
    # libevtx leaves out damaged records, and what is recovered from slack
    report(got["records"] == want[0]["records"] or want[0]["skipped"] > 0, f"{name}: as many records", (want[0], got))
if evtx:
    report(total > 1000, "the samples have accesses and logons to compare", total)

# --- NXLog's JSON against Python's reading of it -----------------------------------

LOGON_IDS = {4624, 4625, 4648, 4768, 4769, 4771, 4776}


def zone(o):
    """Of the collector's clock: by the moment of receipt."""
    utc = datetime.datetime.fromisoformat(o["@timestamp"].replace("Z", "+00:00")).replace(tzinfo=None)
    local = datetime.datetime.fromisoformat(o["EventReceivedTime"])
    return round((local - utc).total_seconds() / 900) * 900


def expected(lines):
    """Names differ in more than case, logons are counted."""
    names, logons, times = set(), 0, []
    for o in map(json.loads, lines):
        if str(o.get("Channel")).lower() != "security":
            continue
        if o["EventID"] == 5145:
            names.add((o["SubjectUserName"], o["IpAddress"].removeprefix("::ffff:"), o["ShareName"].split("\\")[-1],
                       o["RelativeTargetName"].rstrip("\\").lower() or "\\"))
        if o["EventID"] in LOGON_IDS:
            logons += 1
            t = datetime.datetime.fromisoformat(o["EventTime"]) - datetime.timedelta(seconds=zone(o))
            times.append(t.strftime("%Y-%m-%d %H:%M:%S"))
    return names, logons, sorted(times)


zips = sorted(glob.glob(os.path.join(SAMPLES, "windows-json/otrf/*.zip")))
if not zips:
    skipped("events of NXLog", "no samples")
for path in zips:
    with zipfile.ZipFile(path) as z:
        (member,) = z.namelist()
        z.extract(member, TMP)
    with open(os.path.join(TMP, member), encoding="utf-8") as f:
        lines = f.read().splitlines()
    names, logons, times = expected(lines)
    with Case(os.path.join(TMP, member), check=None) as c:
        i = c.report()["inputs"][0]
        same(f"{member}: recognised", (i["source"], i["format"]), ("win-json", "Windows events in JSON, NXLog"))
        same(f"{member}: every record is read, none skipped", (i["records"], i["skipped"]), (len(lines), 0))
        out = run("query", "--case", c.case, "--json", "SELECT account, client, share, path FROM accesses").stdout
        got = {(r["account"], r["client"], r["share"], r["path"].rstrip("\\").lower() or "\\") for r in json.loads(out)}
        same(f"{member}: names below shares", got, names)
        same(f"{member}: logons", [t[:19] for t in table(c, "SELECT time::VARCHAR FROM logons ORDER BY 1")], times)
        report(logons > 0, f"{member}: there are logons")

shutil.rmtree(TMP)
finish()
