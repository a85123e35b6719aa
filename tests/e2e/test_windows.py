"""Windows file servers, end to end: cases that wincase.py builds (no public log shows
clients reading files), in every form and order, against what really happened."""
import collections
import json
import os
import random
import shutil
import tempfile

import wincase
import winlog
from lib import finish, run, same

FORMS = {
    "evtx": lambda path, events: winlog.put_evtx(path + ".evtx", events),
    "xml": lambda path, events: winlog.put_xml(path + ".xml", events),
    "winlogbeat": lambda path, events: winlog.put_json(path + ".ndjson", events, "winlogbeat"),
    "nxlog": lambda path, events: winlog.put_json(path + ".json", events, "nxlog"),
    "fluentbit": lambda path, events: winlog.put_json(path + ".json", events, "fluentbit"),
    "evtx_dump": lambda path, events: winlog.put_json(path + ".json", events, "evtx_dump"),
}


class Place:
    """A folder with a case in it."""

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="ashiato-test-")
        self.case = os.path.join(self.dir, "case")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def investigate(self, *inputs):
        return run("investigate", *inputs, "--case", self.case, "--quiet")

    def query(self, sql):
        return json.loads(run("query", "--case", self.case, "--json", sql).stdout)

    def paths(self, condition):
        """{(account, client): paths}, accesses one by one."""
        got = collections.defaultdict(set)
        for r in self.query(f"SELECT account, client, path FROM accesses WHERE share <> 'IPC$' AND ({condition})"):
            got[(r["account"], r["client"])].add(r["path"])
        return dict(got)

    def coverage(self):
        return json.loads(run("coverage", "--case", self.case, "--json").stdout)


def truth(made, paths):
    """{(account, client): local paths}; paths: of one client's deeds."""
    want = {}
    for (account, client), deeds in made.truth.items():
        found = {made.server.local(x) for x in paths(deeds)}
        if found:
            want[(account, client or "")] = found
    return want


def first_difference(got, want):
    for who in sorted(set(got) | set(want)):
        a, b = got.get(who, set()), want.get(who, set())
        if a != b:
            return who, {"missing": sorted(b - a)[:5], "extra": sorted(a - b)[:5]}
    return None


def check_reads(name, place, made, only=lambda who: True):
    want = {who: paths for who, paths in truth(made, lambda d: d.read).items() if only(who)}
    got = {who: paths for who, paths in place.paths("grade = 'read'").items() if only(who)}
    same(f"{name}: every client's files read", first_difference(got, want), None)
    return got


def missing(got, want):
    return {who: sorted(paths - got.get(who, set()))[:4] for who, paths in want.items() if paths - got.get(who, set())}


def check_all(name, place, made):
    check_reads(name, place, made)
    # A folder of which no record shows what is in it cannot be told from a file.
    listed = place.paths("object = 'folder' AND grade = 'listed' OR contains(remarks, 'file-or-folder')")
    same(f"{name}: every client's folders listed", missing(listed, truth(made, lambda d: d.listed)), {})
    read = place.paths("grade = 'read' AND object <> 'file'")
    same(f"{name}: no folder is read", read, {})
    denied = place.paths("grade = 'denied'")
    same(f"{name}: every client's refusals",
         missing(denied, truth(made, lambda d: d.denied - d.read - d.opened)), {})
    steps = "contains(remarks, 'save-step')"
    for change in ("deleted", "renamed"):
        got = place.paths(f"contains(changes, '{change}') AND NOT {steps}")
        want = truth(made, lambda d: {p[0] if change == "renamed" else p for p in getattr(d, change)})
        same(f"{name}: every client's files {change}", first_difference(got, want), None)
    saved = place.paths("contains(remarks, 'saved') AND contains(changes, 'written')")
    same(f"{name}: documents saved", first_difference(saved, truth(made, lambda d: d.saved)), None)
    other = {who: {p for p in paths if "~" not in p} for who, paths in place.paths(steps).items()}
    same(f"{name}: no other file is a step", {who: p for who, p in other.items() if p}, {})


def forms():
    made = wincase.make(seed=1)
    for form, put in FORMS.items():
        with Place() as p:
            p.investigate(put(p.path("Security"), made.events))
            check_all(form, p, made)


def joins():
    """The client of every access, however the log arrives."""
    made = wincase.make(seed=3, hours=3)
    with Place() as p:
        paths = winlog.put_rotated(p.dir, made.events, len(made.events) // 5 + 1)
        random.Random(5).shuffle(paths)
        p.investigate(*paths)
        check_reads("rotated, files in any order", p, made)
    with Place() as p:
        p.investigate(FORMS["winlogbeat"](p.path("new-first"), made.events[::-1]))
        check_reads("newest first", p, made)
    with Place() as p:
        shuffled = list(made.events)
        rng = random.Random(7)
        for i in range(0, len(shuffled) - 16, 16):  # as several threads of a shipper write
            part = shuffled[i:i + 16]
            rng.shuffle(part)
            shuffled[i:i + 16] = part
        p.investigate(FORMS["winlogbeat"](p.path("mixed"), shuffled))
        check_reads("a little out of order", p, made)
    with Place() as p:
        half = len(made.events) // 2
        p.investigate(winlog.put_evtx(p.path("first.evtx"), made.events[:half]))
        p.investigate(winlog.put_evtx(p.path("second.evtx"), made.events[half:]))
        check_reads("two runs", p, made)
    with Place() as p:
        p.investigate(winlog.put_evtx(p.path("wrapped.evtx"), made.events, oldest=3))
        check_reads("a log that wrapped around", p, made)
        same("a log that wrapped around: no step of the clock",
             [r for r in p.coverage() if r["reason"] == "clock-step"], [])


def copies():
    """The same records from a live copy, an archive and a shipper count once."""
    made = wincase.make(seed=4, hours=2)
    with Place() as p:
        two_thirds = len(made.events) * 2 // 3
        p.investigate(winlog.put_evtx(p.path("live.evtx"), made.events[:two_thirds], dirty=True))
        p.investigate(winlog.put_evtx(p.path("archive.evtx"), made.events))
        p.investigate(FORMS["winlogbeat"](p.path("shipped"), made.events))
        check_reads("three copies", p, made)
        same("three copies: each record once",
             p.query("SELECT sum(records)::BIGINT AS n FROM accesses")[0]["n"], once(made))
    with Place() as p:
        gone = slice(len(made.events) // 3, len(made.events) // 3 + 40)
        events = made.events[:gone.start] + made.events[gone.stop:]
        p.investigate(winlog.put_evtx(p.path("holes.evtx"), events))
        holes = [r for r in p.coverage() if r["reason"] == "record-gap"]
        same("a hole in the numbers is a gap", [(r["state"], r["count"]) for r in holes], [("gap", 40)])


def once(made):
    with Place() as p:
        p.investigate(winlog.put_evtx(p.path("all.evtx"), made.events))
        return p.query("SELECT sum(records)::BIGINT AS n FROM accesses")[0]["n"]


def lean():
    """Servers that audit less."""
    made = wincase.make(seed=5, hours=2)
    with Place() as p:
        p.investigate(winlog.put_evtx(p.path("s.evtx"), made.without(4656, 4658)))
        check_reads("no handle manipulation", p, made)
    with Place() as p:
        p.investigate(winlog.put_evtx(p.path("s.evtx"), made.without(4624, 4634, 4647, 4672, 4776)))
        check_reads("no logons: clients from share records", p, made)
    with Place() as p:
        p.investigate(winlog.put_evtx(p.path("s.evtx"), made.without({5140, 5145})))
        check_reads("no share records: clients from logons", p, made)
    with Place() as p:
        p.investigate(winlog.put_evtx(p.path("s.evtx"), made.without({5140, 5145, 4624})))
        unjoined = p.paths("grade = 'read' AND account NOT LIKE '%$'")
        same("neither: every client says so", {c.startswith("(logon 0x") for _, c in unjoined}, {True})
        files = set().union(*(v for (a, _), v in truth(made, lambda d: d.read).items() if not a.endswith("$")))
        same("neither: the files are the same", set().union(*unjoined.values()) == files, True)
    with Place() as p:
        p.investigate(winlog.put_evtx(p.path("s.evtx"), made.without({4656, 4658, 4659, 4660, 4663, 4670})))
        same("only 5145: nothing is read", p.paths("grade = 'read'"), {})
        opened = {path.rpartition("\\")[2] for v in p.paths("grade = 'opened'").values() for path in v}
        want = {path.rpartition("\\")[2] for v in truth(made, lambda d: d.read if d.opened else set()).values() for path in v}
        same("only 5145: what was read was opened", sorted(want - opened), [])
        reasons = {r["reason"] for r in p.coverage()}
        same("only 5145: said why", "no-object-access" in reasons, True)


def answer():
    """A mass read by a stolen account ends in a report that names it."""
    made = wincase.make(seed=6, users=6, files=2500, hours=6, pace=0.1)
    with Place() as p:
        p.investigate(winlog.put_evtx(p.path("Security.evtx"), made.events))
        with open(os.path.join(p.case, "report.json"), encoding="utf-8") as f:
            got = json.load(f)
        who = next(w for w in made.truth if w[1] == "10.66.0.13")
        want = {made.server.local(x) for x in made.truth[who].read}
        scope = json.loads(run("scope", "--case", p.case, "--json", "--grade", "read").stdout)
        same("the scope is what the intruder read", {r["path"] for r in scope} == want, True)
        same("its account and client", {(r["account"], r["client"]) for r in scope}, {who})
        same("its shares", {r["share"] for r in scope} <= {"Finance", "Projects", "人事"}, True)
        parts = [(q["account"], q["client"], q["workstation"]) for t in got["tracks"] for q in t["parts"]]
        same("the track", parts, [(*who, "KALI")])
        first = min(a.time for a in made.events if a.id == 4624 and a["IpAddress"] == "10.66.0.13")
        same("the first footprint is the day of it", got["first_footprint"]["time"][:10], winlog.iso(first)[:10])
        row = min(scope, key=lambda r: r["path"])
        shown = json.loads(run("show", row["id"], "--case", p.case, "--json").stdout)
        same("the records behind an access", len(shown), row["records"])
        same("a record is shown as event XML",
             [r["text"][:6] + r["text"].partition("<EventID>")[2][:4] for r in shown],
             ["<Event5145", "<Event4656", "<Event4663", "<Event4658"])
        name = row["path"].rpartition("\\")[2].replace("&", "&amp;")
        same("... with the file's name in it", [name in r["text"] for r in shown], [True, True, True, False])


if __name__ == "__main__":
    forms()
    joins()
    copies()
    lean()
    answer()
    finish()
