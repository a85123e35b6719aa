#!/usr/bin/env python3
"""`ashiato dump` against libevtx: every record, every value of the sample logs.

The two write some things differently; what says the same is made the same here: digits
of hexadecimal numbers and of times, upper case in GUIDs, line ends, characters XML
cannot hold. What differs all the same stands in tests/oracle/evtx.tsv with the reason;
ASH_UPDATE_GOLDEN=1 writes it anew, with "?" where a reason has to be found."""
import collections
import glob
import lzma
import os
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as tree

from lib import ROOT, SAMPLES, finish, report, run, same, skipped

GOLDEN = os.path.join(ROOT, "tests/oracle/evtx.tsv")
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def samples(tmp):
    """{name: path}: the whole set of samples, or those bundled with the sources."""
    found = {os.path.basename(p): p for p in glob.glob(os.path.join(SAMPLES, "evtx/**/*.evtx"), recursive=True)}
    for packed in glob.glob(os.path.join(ROOT, "tests/samples/evtx/*.evtx.xz")):
        name = os.path.basename(packed)[:-3]
        if name not in found:
            found[name] = os.path.join(tmp, name)
            with lzma.open(packed) as f, open(found[name], "wb") as out:
                shutil.copyfileobj(f, out)
    return found


def plain(value):
    value = (value or "").replace("\r\n", "\n").replace("\r", "\n")
    if re.fullmatch("0x[0-9a-f]+", value):
        return f"{int(value, 16):#x}"
    if re.fullmatch(r"\{[0-9a-fA-F-]{36}\}", value):
        return value.lower()
    return re.sub(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7})\d*Z$", r"\1Z", value)


def values(element, path=""):
    """Every attribute and text below an element: (place, value)."""
    attributes = dict(element.attrib)
    name = re.sub("{.*}", "", element.tag)
    if name == "Data" and "Name" in attributes:
        name = f"Data {attributes.pop('Name')}"
    path += "/" + name
    found = [(f"{path}@{re.sub('{.*}', '', k)}", plain(v)) for k, v in sorted(attributes.items())]
    text = plain(element.text)
    if len(element) == 0 or text.strip():
        found.append((path, text))
    for child in element:
        found += values(child, path)
    return found


def events(text):
    """{record number: [values of an event, ...]}."""
    found = collections.defaultdict(list)
    for part in re.findall(r"<Event .*?</Event>", text, re.S):
        event = values(tree.fromstring(part))
        found[int(dict(event)["/Event/System/EventRecordID"])].append(event)
    return found


def ours(path):
    p = run("dump", "--format", "xml", path)
    bad = re.search(rb"^  damaged records: (\d+)$", p.stderr, re.M)
    return events(p.stdout.decode()), int(bad[1]) if bad else 0


def theirs(path):
    p = subprocess.run(["evtxexport", "-f", "xml", path], capture_output=True, timeout=300)
    text = p.stdout.decode("utf-8", "replace")
    # It writes characters that XML does not allow; written here as ours are.
    text = ILLEGAL.sub(lambda m: f"_x{ord(m[0]):04X}_", LOOKS_ESCAPED.sub("_x005F_", text))
    return events(text)


def numbers(records):
    """"2, 4-7" of record numbers."""
    runs = []
    for r in sorted(records):
        if runs and r == runs[-1][1] + 1:
            runs[-1][1] = r
        else:
            runs.append([r, r])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def notation(a, b):
    """Equal numbers in different notation are one kind of difference."""
    return re.fullmatch("0x[0-9a-f]+", a) and b.isdigit() and int(a, 16) == int(b)


def differences(a, b):
    """{(field, ours, theirs): records} of two logs."""
    found = collections.defaultdict(set)
    for record in a.keys() | b.keys():
        x, y = a.get(record, []), b.get(record, [])
        if len(x) != len(y):
            found["(the record)", f"{len(x)} times", f"{len(y)} times"].add(record)
            continue
        for p, q in zip(x, y):
            if [k for k, _ in p] != [k for k, _ in q]:
                found["(its fields)", str(len(p)), str(len(q))].add(record)
                continue
            for (field, u), (_, v) in zip(p, q):
                if u != v:
                    found[field, *(("0xN", "N in decimal") if notation(u, v) else (repr(u), repr(v)))].add(record)
    return found


def main():
    if shutil.which("evtxexport") is None:
        skipped("dump against libevtx", "evtxexport is not installed")
        return
    expected, reasons = collections.defaultdict(list), {}
    with open(GOLDEN, encoding="utf-8") as f:
        for line in f.read().splitlines()[1:]:
            row = line.split("\t")
            expected[row[0]].append(row[1:5])
            reasons[tuple(row[:5])] = row[5]
    rows = []
    with tempfile.TemporaryDirectory(prefix="ashiato-test-") as tmp:
        found = samples(tmp)
        for name in sorted(found.keys() | expected.keys()):
            if name not in found:
                skipped(f"{name}: as libevtx reads it", "this sample is not here")
                continue
            (a, bad), b = ours(found[name]), theirs(found[name])
            got = [["", "(counts)", f"{sum(map(len, a.values()))} good, {bad} bad", f"{sum(map(len, b.values()))} good"]]
            got += [[numbers(records), *key] for key, records in sorted(differences(a, b).items())]
            rows += [[name, *g, reasons.get((name, *g), "" if g[1] == "(counts)" else "?")] for g in got]
            extra = [g for g in got if g not in expected[name]]
            gone = [g for g in expected[name] if g not in got]
            report(not extra and not gone, f"{name}: as libevtx reads it",
                   "\n".join([f"new: {g}"[:300] for g in extra[:5]] + [f"not met: {g}"[:300] for g in gone[:5]]))
    if os.environ.get("ASH_UPDATE_GOLDEN"):
        with open(GOLDEN, "w", encoding="utf-8") as f:
            f.write("\t".join(["file", "records", "field", "ashiato", "libevtx", "reason"]) + "\n")
            f.writelines("\t".join(r) + "\n" for r in rows)
    same("every difference has its reason", [k for k, r in reasons.items() if r == "?"], [])


main()
finish()
