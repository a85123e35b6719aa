#!/usr/bin/env python3
"""The builder of Windows logs: what libevtx reads of them, that all forms say the
same, and that the cases' truth is what their events tell."""
import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as tree

import wincase
import winlog
from lib import finish, report, same, skipped
from winlayouts import LAYOUTS

TMP = tempfile.mkdtemp(prefix="ashiato-test-")
SPACE = f"{{{winlog.NAMESPACE}}}"


def at(name):
    return os.path.join(TMP, name)


def plain(type, value):
    """A value without what differs between programs: digits of numbers, case of GUIDs, digits of times."""
    value = value or ""
    if re.fullmatch("0x[0-9a-f]+", value):
        return f"{int(value, 16):#x}"
    if type == "filetime":
        return re.sub(r"\.(\d{7})\d*Z", r".\1Z", value)
    return value.lower() if type == "guid" else value.replace("\r\n", "\n")


def told(e):
    return {"id": e.id, "record": e.record, "time": winlog.iso(e.time), "computer": e.computer, "channel": e.channel,
            "keywords": e.keywords, "data": {name: plain(type, winlog.shown(type, value)) for name, type, value in e.data}}


def read_xml(text):
    """The same out of event XML; events by their number."""
    found = {}
    for part in re.findall(r"<Event .*?</Event>", text, re.S):
        event = tree.fromstring(part)
        system = {e.tag.replace(SPACE, ""): e for e in event.find(SPACE + "System")}
        id = int(system["EventID"].text)
        types = dict(LAYOUTS[id].fields)
        data = {}
        for e in [*event.iterfind(f"{SPACE}EventData/*"), *event.iterfind(f"{SPACE}UserData/*/*")]:
            name = e.get("Name") or re.sub("{.*}", "", e.tag)
            data[name] = plain(types[name], e.text)
        when = re.sub(r"\.(\d{7})\d*Z", r".\1Z", system["TimeCreated"].get("SystemTime"))
        record = int(system["EventRecordID"].text)
        found[record] = {"id": id, "record": record, "time": when, "computer": system["Computer"].text,
                         "channel": system["Channel"].text, "keywords": int(system["Keywords"].text, 16), "data": data}
    return found


def evtxexport(path, *options):
    p = subprocess.run(["evtxexport", "-f", "xml", *options, path], capture_output=True, timeout=60)
    return read_xml(p.stdout.decode("utf-8", "replace"))


def as_libevtx_has_it(text):
    """libevtx 20181227 makes of a surrogate pair a character 0x3ff too low."""
    return "".join(chr(ord(c) - 0x3FF) if ord(c) > 0xFFFF else c for c in text)


def different(got, expected, records):
    """The first differences, short."""
    lines = []
    for r in records[:5]:
        for name, value in expected[r]["data"].items():
            other = got.get(r, {}).get("data", {}).get(name)
            if other != value:
                lines.append(f"{expected[r]['id']} {name}: {other!r:.60} is not {value!r:.60}")
    return "\n".join(lines)


def some_value(rng, type):
    if type in ("hex32", "uint32"):
        return rng.choice((0, 1, 0x12019F, 2**32 - 1))
    if type in ("hex64", "pointer"):
        return rng.choice((0, 0x3E7, 2**64 - 1, rng.randrange(2**40)))
    if type == "sid":
        return rng.choice(("S-1-0-0", "S-1-5-18", "S-1-5-21-1-4294967295-3-1104", "S-1-16-12288"))
    if type == "guid":
        return "{" + "-".join(f"{rng.randrange(16**n):0{n}x}" for n in (8, 4, 4, 4, 12)) + "}"
    if type == "filetime":
        return winlog.EPOCH + rng.randrange(2**60)
    return rng.choice(("-", "", "a", "D:\\Shares\\人事\\給与 <2026> & \"more\".xlsx", "𠮷野家 ]]> 'x'", "%%4416\n\t\t\t\t",
                       "x" * rng.randrange(2000)))


rng = random.Random(7)
when = winlog.ticks(wincase.START)
events = []
for round in range(12):
    for id, layout in LAYOUTS.items():
        values = {name: some_value(rng, type) for name, type in layout.fields}
        events.append(winlog.Event(id, when + len(events) * 987654321, rng.choice(("fs01", "fs02.example.local")),
                                   failure=rng.random() < 0.2, pid=rng.randrange(9999), tid=rng.randrange(9999), **values))
winlog.numbered(events, 4_000_000_000)
expected = {e.record: told(e) for e in events}

# --- the other forms -----------------------------------------------------------------

winlog.put_xml(at("s.xml"), events)
with open(at("s.xml"), encoding="utf-8") as f:
    text = f.read()
tree.fromstring(text)
same("XML holds every value", read_xml(text) == expected, True)
for form in winlog.FORMS:
    winlog.put_json(at(form), events, form)
    with open(at(form), encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    lost = [(e.id, name) for e, row in zip(events, rows) for name, type, value in e.data
            if value != "" and json.dumps(value if type == "uint32" and form in ("fluentbit", "evtx_dump") else winlog.shown(type, value),
                          ensure_ascii=False).strip('"{}').lower() not in json.dumps(row, ensure_ascii=False).lower()]
    same(f"{form} holds every value", (len(rows), lost[:3]), (len(events), []))

# --- .evtx, as libevtx reads it ------------------------------------------------------

if shutil.which("evtxexport") is None:
    skipped("libevtx reads the built logs", "evtxexport is not installed")
else:
    got = evtxexport(winlog.put_evtx(at("a.evtx"), events))
    for e in expected.values():
        e["data"] = {name: as_libevtx_has_it(v) for name, v in e["data"].items()}
    wrong = [r for r in expected if got.get(r) != expected[r]]
    report(not wrong and len(got) == len(expected), "libevtx reads every value", different(got, expected, wrong))
    many = wincase.make(2).events
    numbers = {e.record for e in many}
    for name, options in (("whole", {}), ("with room", {"room": 3}), ("after the ring went round", {"oldest": 5}),
                          ("with leftovers of older records", {"slack": events})):
        got = evtxexport(winlog.put_evtx(at("b.evtx"), many, **options))
        same(f"libevtx reads a log {name}", set(got), numbers)
    got = evtxexport(winlog.put_evtx(at("c.evtx"), many, dirty=True, unstated=4))
    report(set(got) < numbers, "libevtx misses what the header of an open log does not state", len(got))
    whole = winlog.evtx(many)
    got = evtxexport(winlog.put_evtx(at("d.evtx"), many, size=len(whole) - 100_000))
    report(0 < len(got) < len(numbers), "libevtx reads a log that was cut off", len(got))
    parts = winlog.put_rotated(TMP, many, 2500)
    same("archives: every event once", sorted(r for p in parts for r in evtxexport(p)), sorted(numbers))
    same("archives: their order is that of their names", parts[:-1], sorted(parts[:-1]))

# --- the cases -----------------------------------------------------------------------

def joined(events):
    """Who read which files and listed which folders, by an own join: the last logon of that number before."""
    clients, read, names = {}, {}, {}
    for e in events:
        if e.id == 4608:
            clients = {}
        elif e.id == 4624:
            clients[e["TargetLogonId"]] = e["IpAddress"]
        elif e.id == 4663 and e["AccessMask"] == wincase.READ:
            who = (e["SubjectUserName"], clients.get(e["SubjectLogonId"]))
            read.setdefault(who, set()).add(e["ObjectName"])
            names[who] = e["SubjectUserSid"]
    return read


again = 0
for seed in (1, 2, 3):
    case = wincase.make(seed, hours=2, console=seed == 3)
    truth = {who: {case.server.local(w) for w in d.read | d.listed} for who, d in case.truth.items() if d.read | d.listed}
    got = joined(case.events)
    report(got == truth, f"case {seed}: the events tell its truth",
           [(who, sorted(got.get(who, set()) ^ truth.get(who, set()))[:2]) for who in got.keys() | truth.keys()
            if got.get(who) != truth.get(who)][:3])
    report(all(case.truth[k].read for k in (("kato", "10.66.0.13"), ("kato", "10.1.2.11"))) and
           any(d.saved for d in case.truth.values()) and any(d.deleted for d in case.truth.values()) and
           {e.id for e in case.events if e.failure} == {4656, 5145} and sum(e.id == 4608 for e in case.events) == 1,
           f"case {seed}: has what it is for")
    same(f"case {seed}: the same again",
         [winlog.xml(e) for e in wincase.make(seed, hours=2, console=seed == 3).events] == [winlog.xml(e) for e in case.events], True)
    same(f"case {seed}: who works on the server itself logs off", sum(e.id == 4647 for e in case.events), int(seed == 3))
    times = [e.time for e in case.events]
    same(f"case {seed}: in order", times == sorted(times), True)
    logons = {}
    for e in case.events:
        if e.id == 4624:
            logons.setdefault(e["TargetLogonId"], set()).add(e["IpAddress"])
    again += any(len(clients) > 1 for clients in logons.values())
    down = [e.time for e in case.events if e.id in (1100, 4608)]
    report(len(down) == 2 and not any(down[0] < e.time < down[1] for e in case.events), f"case {seed}: silent while it restarts")
report(again > 0, "logon numbers are used again")

shutil.rmtree(TMP)
finish()
