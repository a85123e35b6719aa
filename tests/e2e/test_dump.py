#!/usr/bin/env python3
"""`ashiato dump`: what Windows' own tools and evtx_dump would show, from any input, of
damaged logs as far as they go, and nothing that could harm whoever looks at it."""
import bz2
import gzip
import json
import lzma
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree
import zipfile

import wincase
import winevtx
import winlog
from lib import ASHIATO, ROOT, finish, report, run, same
from logs import SANITIZED, plain, put
from winlayouts import LAYOUTS

TMP = tempfile.mkdtemp(prefix="ashiato-test-")
BUNDLED = os.path.join(ROOT, "tests/samples/evtx")
SPACE = f"{{{winlog.NAMESPACE}}}"


def at(name):
    return os.path.join(TMP, name)


def dump(*args, **more):
    return run("dump", "--quiet", *args, **more).stdout.decode()


def rows(*args, **more):
    return [json.loads(line) for line in dump(*args, **more).splitlines()]


def record(row):
    return row["Event"]["System"]["EventRecordID"]


# --- bounds -----------------------------------------------------------------------

small, big = at("small.evtx"), at("big.evtx")
with lzma.open(os.path.join(BUNDLED, "security.evtx.xz")) as f, open(small, "wb") as out:
    shutil.copyfileobj(f, out)
subprocess.run([os.path.join(ROOT, "bench/gen/evtx_multiply"), "48", big, small], check=True, stdout=subprocess.DEVNULL)
# Started by something small: a process begins with the memory of the one it comes from.
STARTER = """
import resource, subprocess, sys
with open(sys.argv[1], "wb") as out:
    rc = subprocess.run(sys.argv[2:], stdout=out).returncode
print(rc, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
for args in (("--format", "xml"), ("--threads", "4"), ("--recover",)):
    p = subprocess.run([sys.executable, "-c", STARTER, at("out"), ASHIATO, "dump", "--quiet", *args, big], capture_output=True)
    code, memory = map(int, p.stdout.split())
    with open(at("out"), "rb") as f:
        n = f.read().count(b"</Event>" if "xml" in args else b'{"Event":')
    report(code == 0 and n > 60_000 and (SANITIZED or memory < 64 << 10), f"a large log {' '.join(args)}: all of it, in little memory",
           f"exit code {code}, {n} events, {memory >> 10} MiB")
os.remove(big)

# --- the forms --------------------------------------------------------------------

rng = random.Random(11)
TEXTS = ("-", "", "a", "NtLmSsp ", "D:\\Shares\\人事\\給与 <2026> & \"more\".xlsx", "𠮷野家 ]]> 'x'", "%%4416\r\n\t\t\t\t%%4417\r\n",
         "x" * 900, "Ünïcödé", "tab\there")


def value(type):
    if type in ("hex32", "uint32"):
        return rng.choice((0, 1, 10, 0x12019F, 2**32 - 1))
    if type in ("hex64", "pointer"):
        return rng.choice((0, 0x3E7, 2**64 - 1, rng.randrange(2**40)))
    if type == "sid":
        return rng.choice(("S-1-0-0", "S-1-5-18", "S-1-5-21-1-4294967295-3-1104", "S-1-16-12288"))
    if type == "guid":
        return "{" + "-".join(f"{rng.randrange(16**n):0{n}x}" for n in (8, 4, 4, 4, 12)) + "}"
    return winlog.EPOCH + rng.randrange(2**60) if type == "filetime" else rng.choice(TEXTS)


when = winlog.ticks(wincase.START)
events = [winlog.Event(id, when + i * 1234567891, rng.choice(("fs01", "山-fs02.example.local")), failure=i % 5 == 0,
                       pid=i, tid=4 * i, **{name: value(type) for name, type in layout.fields})
          for i, (id, layout) in enumerate(list(LAYOUTS.items()) * 8)]
winlog.numbered(events, 9_000_000_000)
log = winlog.put_evtx(at("forms.evtx"), events)

text = dump("--format", "xml", log)
lines = text.split("\n<Event ")
expected = [winlog.xml(e, 7).replace("\r", "&#xd;") for e in events]
got = ["<Event " + part.removesuffix("\n</Events>\n") for part in lines[1:]]
for i, e in enumerate(events):  # what the log service adds in its templates
    got[i] = got[i].replace(" xmlns:auto-ns3='http://schemas.microsoft.com/win/2004/08/events'", "")
    expected[i] = expected[i].replace("{FC65DDD8", "{fc65ddd8")
wrong = [i for i in range(len(events)) if got[i:i + 1] != [expected[i]]]
report(not wrong and len(got) == len(events), "XML is what wevtutil writes", wrong and f"{got[wrong[0]]}\n{expected[wrong[0]]}")
report(lines[0] == '<?xml version="1.0" encoding="UTF-8"?>\n<Events>' and tree.fromstring(text) is not None,
       "XML is one document", lines[0])

wrong = []
for row, e in zip(rows(log), events):
    want = winlog.evtx_dump(e)
    for part in (row, want):
        for data in part["Event"].get("UserData", {}).values():
            data.pop("#attributes")
        system = part["Event"]["System"]["Provider"]["#attributes"]
        system["Guid"] = system["Guid"].strip("{}").upper()
    if row != want:
        wrong.append((row, want))
report(not wrong, "JSON is what evtx_dump writes", wrong and f"{wrong[0][0]['Event'].get('UserData') or wrong[0][0]}\n"
       f"{wrong[0][1]['Event'].get('UserData') or wrong[0][1]}")
same("jsonl is the default", dump(log), dump("--format", "jsonl", log))


def shape(element):
    """JSON of an element by the rules in evtx_script.h, all values as texts."""
    name = re.sub("{.*}", "", element.tag)
    attributes = {k: v for k, v in element.attrib.items() if not (name == "Data" and k == "Name")}
    text, out = element.text or "", {}
    if len(element) == 0 and not attributes:
        return text if name == "Data" else text or None
    if attributes:
        out["#attributes"] = attributes
    if text.strip() or (len(element) == 0 and text):
        out["#text"] = text
    nameless = [c for c in element if c.tag.endswith("}Data") and c.get("Name") is None]
    for child in element:
        key = re.sub("{.*}", "", child.tag)
        if name in ("EventData", "UserData") and key == "Data":
            key = child.get("Name")
            if key is None:
                texts = [c.text or "" for c in nameless]
                out["Data"] = {"#text": texts if len(texts) > 1 else texts[0]}
                continue
            put_new(out, key, child.text or "" if len(child.attrib) == 1 and len(child) == 0 else shape(child))
        else:
            put_new(out, key, shape(child))
    return out


def put_new(out, key, value):
    n, free = 0, key
    while free in out:
        n += 1
        free = f"{key}_{n}"
    out[free] = value


def as_texts(x):
    if isinstance(x, dict) and x and all(k == "#attributes" and all(a.startswith("xmlns") for a in v) for k, v in x.items()):
        return None
    if isinstance(x, dict):
        return {k: as_texts(v) for k, v in x.items() if k != "xmlns" and not k.startswith("xmlns:") and
                not (k == "#attributes" and all(a.startswith("xmlns") for a in v))}
    if isinstance(x, list):
        return [as_texts(v) for v in x]
    text = x if x is None else str(x).lower() if isinstance(x, bool) else str(x).replace("\r\n", "\n")
    text = text and re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", lambda m: f"_x{ord(m[0]):04X}_", text)
    return text and re.sub("^([0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12})$",
                           lambda m: "{" + m[1].lower() + "}", text)


for packed in sorted(os.listdir(BUNDLED)):
    if not packed.endswith(".evtx.xz"):
        continue
    path = os.path.join(BUNDLED, packed)
    parts = [tree.fromstring(p) for p in re.findall(r"<Event .*?</Event>", dump("--format", "xml", path), re.S)]
    wrong = []
    for part, row in zip(parts, rows(path)):
        # What XML cannot hold, and empty texts, which JSON has as null where they are no Data.
        want = json.loads(json.dumps(as_texts({"Event": shape(part)})).replace('""', "null"))
        have = json.loads(json.dumps(as_texts(row)).replace('""', "null"))
        if want != have:
            wrong.append((want, have))
    report(parts and not wrong, f"{packed}: XML and JSON say the same", wrong and f"{wrong[0][0]}\n{wrong[0][1]}")

# --- inputs -----------------------------------------------------------------------

case = wincase.make(3, hours=1)
log = winlog.put_evtx(at("case.evtx"), case.events)
with open(log, "rb") as f:
    content = f.read()
whole = dump(log)
same("every event once, in order", [record(json.loads(l)) for l in whole.splitlines()], [e.record for e in case.events])
for name, packed in (("gz", gzip.compress(content)), ("xz", lzma.compress(content)), ("bz2", bz2.compress(content))):
    same(f"compressed with {name}", dump(put(at("packed." + name), packed)) == whole, True)
with open(log, "rb") as f:
    same("from a pipe", dump("-", stdin=f) == whole, True)
with open(log, "rb") as f:
    same("from a pipe that is compressed", subprocess.run(f"gzip -1 -c | {ASHIATO} dump -q -", shell=True, stdin=f,
                                                          capture_output=True).stdout.decode() == whole, True)
with zipfile.ZipFile(at("packed.zip"), "w", zipfile.ZIP_DEFLATED) as z:
    z.write(log, "logs/Security.evtx")
same("in a ZIP file", dump(at("packed.zip")) == whole, True)
folder = at("archives")
os.mkdir(folder)
archives = winlog.put_rotated(folder, case.events, 700)
same("several files", dump(*archives) == whole, True)
same("several files are one XML document", len(tree.fromstring(dump("--format", "xml", *archives)).findall(SPACE + "Event")),
     len(case.events))
same("files joined to one", dump(put(at("joined.evtx"), b"".join(open(a, "rb").read() for a in archives))) == whole, True)
for n in ("1", "2", "3", "7"):
    same(f"{n} threads: the same", dump("--threads", n, *archives) == whole, True)
    same(f"{n} threads: the same XML", dump("--threads", n, "--format", "xml", log) == dump("--format", "xml", log), True)

# --- exit codes -------------------------------------------------------------------

text_file = put(at("text.log"), b"no event log\n" * 1000)
for args, code, word in (([], 2, "event log"), (["--format", "csv", log], 2, "csv"), (["--threads", "0", log], 2, "threads"),
                         (["--threads", "x", log], 2, "threads"), ([at("missing.evtx")], 3, "missing.evtx"),
                         ([text_file], 3, "no Windows event log"), ([text_file, log], 0, "no Windows event log"),
                         ([at("missing.evtx"), log], 0, "missing.evtx"), ([put(at("empty.evtx"), b"")], 3, "empty.evtx")):
    p = run("dump", *args, check=None)
    report(p.returncode == code and word.encode() in p.stderr, f"exit code {code}: {' '.join(map(os.path.basename, args))}",
           f"{p.returncode}: {p.stderr.decode()}")
    report(p.stdout.decode() in ("", whole), f"output is all or nothing: {' '.join(map(os.path.basename, args))}", p.stdout[:200])
p = subprocess.Popen([ASHIATO, "dump", "-q", log], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
p.stdout.read(100)
p.stdout.close()
same("a reader that goes away is no failure", (p.wait(), p.stderr.read()), (0, b""))
with open("/dev/full", "wb") as f:
    p = subprocess.run([ASHIATO, "dump", "-q", log], stdout=f, stderr=subprocess.PIPE)
report(p.returncode == 1 and b"written" in p.stderr, "a full disk is", f"{p.returncode} {p.stderr}")
p = run("dump", log)
same("nothing is said of a log without damage", p.stderr, b"")

# --- damage -----------------------------------------------------------------------


def broken(changes):
    """The log with bytes changed at places."""
    b = bytearray(content)
    for place, new in changes:
        b[place:place + len(new)] = new
    return put(at("broken.evtx"), bytes(b))


def places():
    """[(offset of a record, its length, its number)] of the whole log."""
    found = []
    for chunk in range(4096, len(content), 65536):
        place, end = chunk + 512, chunk + struct.unpack_from("<I", content, chunk + 48)[0]
        while place < end:
            size, number = struct.unpack_from("<IQ", content, place + 4)
            found.append((place, size, number))
            place += size
    return found


all_places = places()
numbers = {e.record for e in case.events}
victim = next(p for p in all_places[40:] if p[1] > 500 and p[0] % 65536 > 20000)
p = run("dump", broken([(victim[0] + 28, b"\x55")]))
got = {record(json.loads(l)) for l in p.stdout.splitlines()}
report(got == numbers - {victim[2]} and b"damaged records: 1\n" in p.stderr and f"record {victim[2]}:".encode() in p.stderr,
       "a damaged record is left out, counted and named", p.stderr.decode())
same("--quiet says nothing of it", run("dump", "-q", broken([(victim[0] + 28, b"\x55")])).stderr, b"")
p = run("dump", broken([(victim[0], b"XXXX")]))
got = {record(json.loads(l)) for l in p.stdout.splitlines()}
report(got == numbers - {victim[2]} and b"bytes that are no record" in p.stderr, "bytes that are no record", p.stderr.decode())
cut = dump(put(at("cut.evtx"), content[:victim[0] + 100]))
same("a log that was cut off", [record(json.loads(l)) for l in cut.splitlines()],
     [n for place, _, n in all_places if place < victim[0]])
for n in range(0, len(content), len(content) // 37):
    p = run("dump", "--recover", put(at("cut.evtx"), content[:n]), check=None)
    good = all(json.loads(l) for l in p.stdout.splitlines())
    if not good or p.returncode not in (0, 3):
        report(False, f"cut after {n} bytes", p.stderr)
report(True, "cuts anywhere are survived")
for i in range(60):
    b = bytearray(content[:4096 + 2 * 65536])
    for _ in range(20):
        b[rng.randrange(len(b))] = rng.randrange(256)
    p = run("dump", "--recover", "--format", "xml", put(at("flipped.evtx"), bytes(b)), check=None)
    if p.returncode != 0 or tree.fromstring(p.stdout) is None or not plain(p.stdout):
        report(False, f"changed bytes, {i}", p.stderr)
report(True, "changed bytes give a document all the same")

# --- recovery ---------------------------------------------------------------------

old = winlog.numbered([winlog.Event(4663, when + i, "fs01.example.local", SubjectUserName="eve", AccessMask=1,
                                    ObjectName=f"D:\\Shares\\Finance\\old {i:05}.xlsx") for i in range(4000)], 100)
live = case.events[:300]
log = winlog.put_evtx(at("slack.evtx"), live, slack=old)
chunks, earlier = winevtx.chunks(live), [c.bytes(1) for c in winevtx.chunks(old)]
left = []
for i, c in enumerate(chunks):  # what the live records did not overwrite
    b, place = earlier[i], 512
    while b[place:place + 4] == b"**\0\0":
        size, number = struct.unpack_from("<IQ", b, place + 4)
        if place >= len(c.b):
            left.append((number, 4096 + 65536 * i + place))
        place += size
got = rows("--recover", log)
found = [r for r in got if "Recovered" in r]
same("recovered: those that are whole", sorted((record(r), r["Recovered"]["offset"]) for r in found), sorted(left))
same("recovered: live ones first and unmarked", [record(r) for r in got if "Recovered" not in r], [e.record for e in live])
report(len(left) > 10 and all(r["Recovered"]["reason"] == "slack" and r["Event"]["EventData"].get("SubjectUserName") == "eve" and
                              r["Event"]["EventData"]["ObjectName"].startswith("D:\\Shares\\Finance\\old") and
                              r["Event"]["System"]["EventID"] == 4663 for r in found),
       "recovered: with their values, by templates of other chunks", found[:1])
same("not without --recover", len(rows(log)), len(live))
root = tree.fromstring(dump("--recover", "--format", "xml", log))
same("recovered in XML", len(root.findall(SPACE + "Event")), len(got))
same("marked in XML", len(re.findall(r"^<!-- recovered: slack at offset \d+ -->\n<Event ", dump("-r", "--format", "xml", log), re.M)),
     len(left))
stranger = [winlog.Event(4663, when + i, "other.example.org", SubjectUserName="eve", ObjectName=f"E:\\{i}.txt", AccessMask=1)
            for i in range(900)]
log = winlog.put_evtx(at("stranger.evtx"), live, slack=winlog.numbered(stranger, 100))
found = [r for r in rows("--recover", log) if "Recovered" in r]
report(len(found) > 5 and all(r["Recovered"]["templates"] == "lost" and f"E:\\{record(r) - 100}.txt" in
                              r["Event"]["EventData"]["Data"]["#text"] for r in found),
       "recovered without templates: the values in their order", found[:1])

dirty = winlog.put_evtx(at("dirty.evtx"), live, dirty=True, unstated=5)
same("an open log: late records are live", [record(r) for r in rows("--recover", dirty) if "Recovered" not in r],
     [e.record for e in live])
same("... and not recovered again", [record(r) for r in rows("--recover", dirty) if "Recovered" in r], [])
closed = winlog.evtx(live, dirty=True, unstated=5)
closed = bytearray(closed)  # the same, said to have been closed: they are slack
struct.pack_into("<I", closed, 0x78, 0)
struct.pack_into("<I", closed, 0x7C, __import__("zlib").crc32(closed[:0x78]))
got = rows("--recover", put(at("closed.evtx"), bytes(closed)))
same("a closed log: what its chunk does not state is slack", [record(r) for r in got if "Recovered" in r],
     [e.record for e in live[-5:]])
copied = put(at("copied.evtx"), bytes(closed) + winlog.evtx(live)[4096:])
same("what is live elsewhere in the file is not shown again", sorted(record(r) for r in rows("--recover", copied)),
     sorted(r for e in live for r in [e.record] * (1 if e in live[-5:] and e.record in {x.record for x in live[-5:]} else 2)))
headless = bytearray(content)
for place in range(4096, len(headless), 65536):
    headless[place:place + 512] = bytes(512)
got = [record(r) for r in rows(put(at("headless.evtx"), bytes(headless)))]
report(got == sorted(numbers), "chunks without headers: every record all the same", len(got))
inner = bytearray(content)
inner[victim[0] + 200:victim[0] + 204] = b"\xff\xff\xff\xff"
got = rows("--recover", put(at("inner.evtx"), bytes(inner)))
same("a record that is damaged inside is there once", [record(r) for r in got].count(victim[2]), 1)

# --- hostile values ---------------------------------------------------------------

NAMES = ["\x1b]0;owned\x07", "\x1b[2J", "a\u202efdp.exe", "\ud800lone\udfff", "\x00\x01\x7f\x9b", "_x001B_", "_x005F_x0041_", "_xD800_",
         "</Data><Data Name='x'>", "\"}},{\"a\":", "a\nb\rc\td", "\u2028\u2029\ufeff\ufffe\uffff", "%s%n", "'\"&<>", "\U000e0041tag",
         "-->", "]]>", "\\u001b"]
hostile = winlog.numbered([winlog.Event(4663, when + i, "fs01", SubjectUserName=n, ObjectName=n * 3, ProcessName="x" + n)
                           for i, n in enumerate(NAMES)])
log = winlog.put_evtx(at("hostile.evtx"), hostile)


def original(text, pattern):
    """The inverse of the escaping that docs/OUTPUT.md states."""
    out = re.sub(pattern, lambda m: chr(int(m[1], 16)), text)
    return out.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


for form in ("xml", "jsonl"):
    out = dump("--format", form, log)
    report(plain(out.encode()), f"{form}: nothing that drives a terminal")
data = [{d.get("Name"): d.text or "" for d in e.iter(SPACE + "Data")} for e in
        tree.fromstring(dump("--format", "xml", log)).findall(SPACE + "Event")]
same("XML: every name can be had back", [original(d["ProcessName"], "_x([0-9A-F]{4})_") for d in data], ["x" + n for n in NAMES])
data = [r["Event"]["EventData"] for r in rows(log)]
same("JSON: every name can be had back", [original(d["ProcessName"], "_x(D[89A-F][0-9A-F]{2}|005F)_") for d in data],
     ["x" + n for n in NAMES])
wide = [winlog.Event(4663, when, "fs01\x1b[31m", ObjectName="n")]
report(plain(dump(winlog.put_evtx(at("wide.evtx"), winlog.numbered(wide))).encode()), "a name in a template cannot either")

shutil.rmtree(TMP)
finish()
