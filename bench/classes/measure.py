#!/usr/bin/env python3
"""Recall and precision of each class, and the count of persons, against truth.tsv.

  bench/classes/measure.py DIR [--misses] [--write]

DIR as corpus.py made it, or one of tests/classes. A value counts as found in its file at
medium or high confidence. --misses lists what was missed and wrongly found; --write puts the
table into docs/CLASSES.md.
"""
import argparse
import collections
import os
import re
import subprocess
import sys
import unicodedata

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCAN = os.environ.get("CLASSSCAN", os.path.join(ROOT, "build/release/classscan"))
PAGE = os.path.join(ROOT, "docs/CLASSES.md")


def plain(text):
    text = unicodedata.normalize("NFKC", text).lower()
    return "".join(sorted(c for c in text if c.isalnum()))


def covers(cls, found, wanted):
    if cls in ("token", "private-key"):
        return True
    if cls == "address":
        return set(wanted) <= set(found)
    if cls == "name":
        return found == wanted or (len(found) > 1 and set(found) <= set(wanted))
    return found == wanted or (cls == "phone" and wanted.endswith(found) is False and sorted(found) == sorted(wanted))


def read_truth(folder):
    truth, files, persons = collections.defaultdict(list), [], None
    with open(os.path.join(folder, "truth.tsv"), encoding="utf-8") as f:
        for line in f:
            if line.startswith("#") or not line.strip():
                continue
            name, cls, value = line.rstrip("\n").split("\t")
            if cls == "persons":
                persons = int(value)
            elif not cls:
                files.append(name)
            else:
                truth[name].append((cls, value))
    return truth, files, persons


def scan(folder, files):
    found, kinds = collections.defaultdict(list), collections.defaultdict(set)
    out = subprocess.run([SCAN, "--show", "--persons", *files], cwd=folder, check=True, stdout=subprocess.PIPE)
    persons = None
    for line in out.stdout.decode("utf-8", "replace").splitlines():
        part = line.split("\t")
        if part[0] == "persons":
            persons = [int(x) for x in part[1:]]
        elif len(part) >= 6 and part[1] == "=":
            if part[3] != "low" and part[4] != "0":
                found[part[0]].append((part[2], part[5]))
        elif len(part) == 6 and int(part[3]) > 0:
            kinds[part[0]].add(part[1])
    return found, kinds, persons


def main():
    a = argparse.ArgumentParser()
    a.add_argument("dir")
    a.add_argument("--misses", action="store_true")
    a.add_argument("--write", action="store_true")
    o = a.parse_args()
    truth, files, persons = read_truth(o.dir)
    found, kinds, counted = scan(o.dir, files)
    good, missed, wrong = collections.Counter(), collections.Counter(), collections.Counter()
    for name in files:
        left = [(c, v) for c, v in found[name]]
        for cls, value in truth[name]:
            if cls.startswith("kind-") or cls.startswith("care-"):
                good[cls] += cls in kinds[name]
                missed[cls] += cls not in kinds[name]
                continue
            hit = next((x for x in left if x[0] == cls and covers(cls, plain(x[1]), plain(value))), None)
            if hit:
                left.remove(hit)
                good[cls] += 1
            else:
                missed[cls] += 1
                if o.misses:
                    print(f"missed\t{name}\t{cls}\t{value}")
        labelled = {c for c, _ in truth[name]}
        for cls in kinds[name]:
            if (cls.startswith("kind-") or cls.startswith("care-")) and cls not in labelled and cls != "kind-customer-list":
                wrong[cls] += 1
                if o.misses:
                    print(f"wrong\t{name}\t{cls}")
        for cls, value in left:
            if cls.startswith("kind-") or cls.startswith("care-"):
                continue
            wrong[cls] += 1
            if o.misses:
                print(f"wrong\t{name}\t{cls}\t{value}")
    rows = ["| class | planted | recall | precision |", "|---|---|---|---|"]
    ok = True
    for cls in sorted(set(good) | set(missed) | set(wrong)):
        g, m, w = good[cls], missed[cls], wrong[cls]
        recall = g / (g + m) if g + m else 1.0
        precision = g / (g + w) if g + w else 1.0
        ok &= recall >= 0.98 and precision >= 0.95
        rows.append(f"| {cls} | {g + m} | {recall:.3f} | {precision:.3f} |")
    rows.append("")
    rows.append(f"Persons: {persons} different ones; counted {counted[1]} ({counted[0]} to {counted[2]}) from {counted[3]} records.")
    if persons:
        ok &= abs(counted[1] - persons) <= max(1, 0.05 * persons)
    print("\n".join(rows))
    if o.write:
        with open(PAGE, encoding="utf-8") as f:
            page = f.read()
        new = re.sub(r"(<!-- measured -->\n).*?(<!-- end -->)", lambda m: m[1] + "\n".join(rows) + "\n" + m[2], page, flags=re.S)
        with open(PAGE, "w", encoding="utf-8") as f:
            f.write(new)
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
