#!/usr/bin/env python3
"""Every scenario of `ashiato simulate`, in every format, investigated: what the case says
was read is what the actors say they read."""
import collections
import itertools
import json
import os
import shutil
import tempfile

from lib import ASHIATO, Case, finish, report, rows, run, same

SMALL = {"--users": "12", "--days": "9", "--files": "1000", "--actions": "12", "--seed": "11"}
INTRUSIONS = ("slow-then-scan", "insider", "throttled-scan", "ransomware", "spraying")
# Of these not every format and configuration: they are made of the same parts.
MORE = (("look-alikes", "samba", "rich"), ("look-alikes", "windows-json", "lean"),
        ("slow-vpn", "windows-json", "lean"), ("fast-scan", "samba", "lean"),
        ("fast-scan", "windows-xml", "rich"))
ERRANDS = {"photo-rename", "archive", "checkout", "tree-move", "month-end", "handover", "keepsake"}
PROGRAMS = {"backup", "indexer", "migration", "auditor", "print-server"}
# The intruder comes from machines that are nobody else's: all their accesses are the intruder's.
FOREIGN = ("slow-then-scan", "spraying")
CONFIGS = ("lean",) if "asan" in ASHIATO else ("rich", "lean")  # rich is thirty times as much
LOGS = (("samba", "rich"), ("samba", "lean"), ("windows-xml", "rich"), ("windows-json", "lean"))
FORMATS = ("samba", "windows-xml", "windows-json")


class World:
    """A simulated company in a temporary folder, removed at the end."""

    def __init__(self, scenario, *options):
        self.dir = tempfile.mkdtemp(prefix="ashiato-test-")
        self.out = os.path.join(self.dir, "out")
        given = {**SMALL, **dict(zip(options[::2], options[1::2]))}
        run("simulate", scenario, *itertools.chain(*given.items()), "--truth-all", "--out", self.out)
        with open(os.path.join(self.out, "truth.json"), encoding="utf-8") as f:
            self.summary = json.load(f)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir)

    def servers(self):
        return sorted(os.path.join(self.out, n) for n in os.listdir(self.out) if n.startswith("fs"))

    def rows(self, name):
        with open(os.path.join(self.out, name), encoding="utf-8") as f:
            head, *lines = f.read().splitlines()
        return [dict(zip(head.split("\t"), line.split("\t"))) for line in lines]

    def truth(self, name):
        """{grade: {(account, client, server, share, path)}}"""
        found = collections.defaultdict(set)
        for r in self.rows(name):
            found[r["grade"]].add(tuple(r[k] for k in KEY))
        return found


KEY = ("account", "client", "server", "share", "path")


def found_in(case):
    """The same of a case's accesses, one by one; changes are grades of their own, as in truth files."""
    got = collections.defaultdict(set)
    for r in rows("query", case.case, f"SELECT DISTINCT {', '.join(KEY)}, grade, changes FROM accesses"):
        key = tuple(r[k] or "" for k in KEY)
        for grade in [r["grade"], *r["changes"].split()]:
            got[grade].add(key)
        got["any"].add(key)
    return got


def read_by(case, account, client):
    """The answer a person gets."""
    return {tuple(r[k] for k in KEY)
            for r in case.scope("--account", account, "--client", client, "--grade", "read")}


def check(scenario, form, config):
    name = f"{scenario}, {form}, {config}"
    with World(scenario, "--format", form, "--config", config) as w, Case(*w.servers()) as c:
        mine, everybody, got = w.truth("truth.tsv"), w.truth("truth-all.tsv"), found_in(c)
        answer = c.report()
        same(f"{name}: nothing skipped", sum(i["skipped"] for i in answer["inputs"]), 0)
        same(f"{name}: everybody's files read", got["read"], everybody["read"])
        for who in {(k[0], k[1]) for k in mine["read"]}:
            theirs = read_by(c, *who)
            want = {k for k in mine["read"] if (k[0], k[1]) == who}
            if scenario in FOREIGN:
                same(f"{name}: {who[0]} from {who[1]} read", theirs, want)
            else:
                report(want <= theirs, f"{name}: {who[0]} from {who[1]} read", sorted(want - theirs)[:5])
        if scenario == "look-alikes":
            # Of a file saved and renamed in one session the case shows the saving.
            everybody["renamed"] -= everybody["written"]
            changes(name, form, config, everybody, got)
        elif w.summary["style"]:
            report(len(mine["read"]) >= 5, f"{name}: there is an intrusion", mine)
            changes(name, form, config, mine, got)
        if not w.summary["style"]:
            if scenario != "look-alikes":
                same(f"{name}: no track", answer["tracks"], [])
            same(f"{name}: no intruder", (w.rows("truth.tsv"), w.summary["intruder"]), ([], []))


def changes(name, form, config, mine, got):
    """What is not reading. Without other records Windows does not tell a folder listed from a
    file opened, and a lean one does not record refusals."""
    above = mine["read"] | mine["listed"]
    if form == "samba":
        report(mine["listed"] <= got["listed"], f"{name}: folders listed", sorted(mine["listed"] - got["listed"])[:5])
    else:
        same(f"{name}: folders listed are there", mine["listed"] - got["any"], set())
    if form == "samba" or config == "rich":
        same(f"{name}: refused", mine["denied"] - above - got["denied"], set())
    if form == "samba" or config == "rich":
        same(f"{name}: opened", mine["opened"] - mine["read"] - got["opened"] - got["read"], set())
    for change in ("written", "renamed", "deleted"):
        same(f"{name}: {change}", mine[change] - got[change], set())


def old():
    """Servers that record less: relative names, and on Windows no object access."""
    with World("slow-then-scan", "--config", "old") as w, Case(*w.servers()) as c:
        same("old Samba: everybody's files read", found_in(c)["read"], w.truth("truth-all.tsv")["read"])
    with World("slow-then-scan", "--config", "old", "--format", "windows-json") as w, Case(*w.servers()) as c:
        got, mine = found_in(c), w.truth("truth.tsv")
        same("old Windows: nothing is claimed read", got["read"], set())
        same("old Windows: what was read was opened", mine["read"] - got["opened"], set())


def one_world():
    """The formats and configurations show one world, and an intruder only adds to it."""
    keys = ("account", "client", "share", "grade")
    seen = {}
    for options in (("samba", "lean"), ("samba", "rich"), ("windows-xml", "rich"), ("windows-json", "lean")):
        with World("slow-then-scan", "--format", options[0], "--config", options[1]) as w:
            seen[options] = [tuple(r[k] for k in keys) for r in w.rows("truth.tsv")]
    report(len(seen["samba", "lean"]) > 20, "the intruder does something", seen["samba", "lean"])
    for options, found in seen.items():
        same(f"the intruder does the same in {' '.join(options)}", found == seen["samba", "lean"], True)
    with World("slow-then-scan") as with_it, World("benign") as without:
        foreign = {w["client"] for w in with_it.summary["intruder"]}
        same("without the intruder's client the log is the one without the intrusion",
             [l for l in lines(with_it) if l.split("|")[1] not in foreign] == lines(without), True)


def look_alikes():
    """Honest work in bulk is there, is stated with who and when, and is what truth-all.tsv holds."""
    with World("look-alikes", "--days", "30", "--actions", "4") as w:
        alikes = w.summary["look_alikes"]
        kinds = {a["kind"] for a in alikes}
        same("look-alikes: every kind", (ERRANDS | PROGRAMS) - kinds, set())
        done = collections.defaultdict(collections.Counter)
        errands = [a for a in alikes if a["kind"] in ERRANDS]
        for r in w.rows("truth-all.tsv"):
            for a in errands:
                if (a["account"], a["client"]) == (r["account"], r["client"]) and a["from"] <= r["time"] <= a["to"]:
                    done[a["kind"]][r["grade"]] += 1
        for kind, grade, least in (("photo-rename", "renamed", 5), ("archive", "read", 20), ("checkout", "written", 50),
                                   ("tree-move", "deleted", 10), ("month-end", "listed", 11), ("handover", "read", 15),
                                   ("keepsake", "read", 15)):
            report(done[kind][grade] >= least, f"look-alikes: {kind} is {grade} {least} times", done[kind])
        same("look-alikes: none was left off", w.summary["look_alikes_left_off"], 0)
        same("look-alikes: no intruder", (w.rows("truth.tsv"), w.summary["intruder"], w.summary["style"]), ([], [], {}))


def styles():
    """Intruders do not all work alike, and truth.json says how this one does."""
    seen = collections.defaultdict(set)
    for seed in range(12):
        with World("fast-scan", "--users", "3", "--days", "3", "--actions", "1", "--seed", str(seed)) as w:
            style, mine = w.summary["style"], w.truth("truth.tsv")
            for k, v in style.items():
                seen[k].add(v)
            first = w.summary["phases"][0]
            same(f"seed {seed}: who {style['tool']} does so", {k for k in ("listed", "read", "opened") if first[k]} -
                 {"lists": {"listed"}, "knows": {"read"}, "opens": {"opened", "read"}}[style["tool"]], set())
            report(mine["listed"] or style["tool"] != "lists", f"seed {seed}: folders are listed", style)
    for k in ("origin", "hours", "order", "tool"):
        report(len(seen[k]) == 3, f"every kind of {k} occurs", seen[k])


def lines(world):
    found = []
    for folder in world.servers():
        for n in sorted(os.listdir(folder)):
            if n.startswith("audit"):
                with open(os.path.join(folder, n), encoding="utf-8") as f:
                    found += f.read().splitlines()
    return found


def summary():
    """truth.json says what truth.tsv and the logs hold."""
    with World("slow-then-scan", "--servers", "2") as w:
        found, s = w.rows("truth.tsv"), w.summary
        same("phases count the rows", sum(v for p in s["phases"] for k, v in p.items()
                                          if k not in ("name", "from", "to", "logons_refused")), len(found))
        report(s["first_footprint"] <= found[0]["time"], "the first footprint is before the first access")
        same("rows are in the order of time", [r["time"] for r in found], sorted(r["time"] for r in found))
        same("the intruders are those of the rows", {(r["account"], r["client"]) for r in found},
             {(i["account"], i["client"]) for i in s["intruder"]})
        for f in s["files"]:
            with open(os.path.join(w.out, f["file"]), encoding="utf-8") as log:
                n = sum(1 for _ in log)
            if n != f["records"]:
                report(False, f"records of {f['file']}", (n, f["records"]))
                break
        else:
            report(True, "every file holds the records stated")
        same("one file a server and day, and the logons'", len(s["files"]), 2 * 2 * 9)


def troubled(form):
    """Gaps and wrong clocks are noticed, and nothing is claimed that did not happen."""
    with World("troubled", "--format", form, "--config", "rich") as w, Case(*w.servers()) as c:
        kinds = collections.Counter(t["kind"] for t in w.summary["troubles"])
        same(f"troubled, {form}: all troubles", set(kinds), {"missing-day", "rate-limit", "clock-back", "cut-record"})
        got, want = found_in(c)["read"], w.truth("truth-all.tsv")["read"]
        same(f"troubled, {form}: nothing is claimed read that was not", got - want, set())
        report(len(want - got) > 0, f"troubled, {form}: something is lost")
        answer = c.report()
        skipped = sum(i["skipped"] for i in answer["inputs"])
        same(f"troubled, {form}: cut records are counted", skipped, kinds["cut-record"])
        reasons = {r["reason"] for r in answer["coverage"]}
        for expected in ({"rate-limit", "clock-step"} if form == "samba" else {"record-gap", "clock-set"}):
            report(expected in reasons, f"troubled, {form}: {expected}", reasons)


def command():
    out = run("simulate", "--list", "--json").stdout
    same("--list shows all", {r["scenario"] for r in json.loads(out)}, {"benign", "troubled", "look-alikes", "slow-vpn", "fast-scan", *INTRUSIONS})
    here = tempfile.mkdtemp(prefix="ashiato-test-")
    try:
        open(os.path.join(here, "x"), "w").close()
        for args in (["no-such"], [], ["benign"], ["benign", "--out", here], ["benign", "--days", "0", "--out", "x"],
                     ["benign", "--format", "csv", "--out", "x"], ["benign", "--start", "2026-02-30", "--out", "x"],
                     ["benign", "--seed", "-1", "--out", "x"]):
            p = run("simulate", *args, check=2, cwd=here)
            report(p.stderr.startswith(b"ashiato: ") and os.listdir(here) == ["x"], f"refused: {' '.join(args)[:40]}",
                   p.stderr)
    finally:
        shutil.rmtree(here)


for scenario, form, config in (*((s, *log) for s in ("benign", *INTRUSIONS) for log in LOGS), *MORE):
    if config in CONFIGS:
        check(scenario, form, config)
look_alikes()
styles()
old()
one_world()
summary()
for form in FORMATS:
    troubled(form)
command()
finish()
