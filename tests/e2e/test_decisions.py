#!/usr/bin/env python3
"""Decisions on tracks: accept, reject, split, add, drop; what follows them, what
survives the next run, and the record of who decided what and why."""
import csv
import datetime
import fcntl
import io
import json
import os
import pwd
import shutil
import tempfile

from lib import finish, report, rows, run, same
from logs import BASE, plain, put, reads

TMP = tempfile.mkdtemp(prefix="ashiato-test-")
DAY = 86400
HOUR = 3600


def at(name):
    return os.path.join(TMP, name)


def when(seconds):
    return (BASE + datetime.timedelta(seconds=seconds)).isoformat()


def by(user, client, first, n, start, step=1.0):
    """n files read by one account from one client, the first at `start`."""
    lines = []
    for i in range(n):
        lines += reads(first + i, 1, step=(start + i * step) / max(first + i, 1), user=user, client=client)
    return lines


# Kato works at his own PC. From another one somebody uses his account: a burst on
# the first day, and a few files on the second. Ito only works.
WORK = by("kato", "10.0.0.7", 1000, 100, 0, 120) + by("ito", "10.0.0.9", 2000, 40, 60, 300)
BURST = by("kato", "10.6.6.6", 1, 300, 2 * HOUR, 0.2)
SECOND = by("kato", "10.6.6.6", 400, 5, DAY, 60)
FIRST_LOG = put(at("first.log"), sorted(WORK + BURST + SECOND))


class Fresh:
    """A copy of a case just investigated."""
    model = None

    def __init__(self, *more):
        if Fresh.model is None:
            Fresh.model = at("model")
            run("investigate", FIRST_LOG, "--case", Fresh.model, "--quiet")
        Fresh.n = getattr(Fresh, "n", 0) + 1
        self.case = at(f"case{Fresh.n}")
        shutil.copytree(Fresh.model, self.case)
        for log in more:
            self.investigate(log)

    def investigate(self, *logs):
        run("investigate", *(logs or [FIRST_LOG]), "--case", self.case, "--quiet")

    def tracks(self, *args, check=0):
        return run("tracks", *args, "--case", self.case, check=check)

    def parts(self, *ids):
        return [(r["track"], r["status"], r["account"], r["client"], r["first"], r["last"])
                for r in rows("tracks", self.case) if not ids or r["track"] in ids]

    def states(self):
        return {r["track"]: (r["status"], r["origin"]) for r in rows("tracks", self.case)}

    def read(self, *args):
        return {r["path"] for r in rows("scope", self.case, "--grade", "read", *args)}

    def log(self):
        return json.loads(run("tracks", "log", "--json", "--case", self.case).stdout)

    def report(self):
        run("report", "--case", self.case)
        with open(os.path.join(self.case, "report.json"), encoding="utf-8") as f:
            return json.load(f)


def login():
    try:
        return os.getlogin()
    except OSError:
        return pwd.getpwuid(os.getuid()).pw_name


def files(lines):
    return {l.rsplit(b"|", 1)[1].strip().decode() for l in lines}


c = Fresh()
same("one track is proposed", c.states(), {"T1": ("proposed", "auto")})
same("of everything from the foreign client", c.read(), files(BURST + SECOND))
same("nothing is decided", (c.log(), c.tracks("log").stdout), ([], b"No decision.\n"))
same("the report says so too", c.report()["decisions"], [])

# --- accept ---------------------------------------------------------------------

before = c.parts()
out = c.tracks("accept", "T1", "--why", "he was on leave", "--by", "suzuki").stdout.decode()
same("accept: what is said", out.splitlines(),
     ["T1 accepted (parts: 1).",
      f"Files in scope now: 305 read, 0 opened. `ashiato report --case {c.case}` writes the report anew."])
same("accept: the status", c.states(), {"T1": ("accepted", "auto")})
same("accept: the same parts", [p[2:] for p in c.parts()], [p[2:] for p in before])
c.investigate()
same("accept survives a run", (c.states(), [p[2:] for p in c.parts()]), ({"T1": ("accepted", "auto")}, [p[2:] for p in before]))
same("its findings stay with it", {r["track"] for r in rows("findings", c.case)}, {"T1"})

# What comes to an accepted track later is proposed, and nothing twice.
THIRD = by("kato", "10.6.6.6", 500, 7, 2 * DAY, 60)
third = put(at("third.log"), THIRD + by("kato", "10.0.0.7", 1200, 3, 2 * DAY + 1, 60))
c.investigate(third)
same("later accesses of an accepted actor are proposed", c.states(), {"T1": ("accepted", "auto"), "T2": ("proposed", "auto")})
same("they alone", c.read("--track", "T2"), files(THIRD))
same("the accepted track is as it was", [p[2:] for p in c.parts("T1")], [p[2:] for p in before])
c.investigate(third)
same("a proposal keeps its name", c.states(), {"T1": ("accepted", "auto"), "T2": ("proposed", "auto")})
eve = by("eve", "10.9.9.9", 600, 300, 3 * DAY, 0.2)
c.investigate(put(at("eve.log"), eve))
same("another intruder is a track of its own", c.read("--track", "T3"), files(eve))
# Found later, though it happened earlier: what was named before keeps its name.
c.investigate(put(at("early.log"), by("mallory", "10.8.8.8", 3000, 300, -5 * DAY, 0.2)))
same("an earlier track takes no name from others", {(t, p) for t, _, p, *_ in c.parts()},
     {("T1", "kato"), ("T2", "kato"), ("T3", "eve"), ("T4", "mallory")})

# --- reject ---------------------------------------------------------------------

c = Fresh()
c.tracks("reject", "T1", "--why", "his second PC")
same("reject: nothing is in scope", rows("scope", c.case), [])
same("reject: its files can be listed", c.read("--track", "T1"), files(BURST + SECOND))
r = c.report()
same("reject: the verdict follows", (r["answer"]["verdict"], r["first_footprint"], r["counts"]["scope"]["read"]),
     ("nothing-found", None, 0))
report(any("rejected: 1" in l for l in r["answer"]["lines"]), "reject: the answer tells of the decision", r["answer"])
c.investigate(third)
same("rejected: what follows is not proposed", c.states(), {"T1": ("rejected", "auto")})
again = by("kato", "10.6.6.6", 4000, 21000, 4 * DAY, 0.002)  # more than own work excuses
c.investigate(put(at("again.log"), again))
same("rejected: a new burst is", c.states(), {"T1": ("rejected", "auto"), "T2": ("proposed", "auto")})
same("without what was rejected", c.read() & files(BURST + SECOND), set())
report(files(again) <= c.read(), "the new burst is in scope")
c.tracks("accept", "T1", "T2")
same("several at once, and another mind", c.states(), {"T1": ("accepted", "auto"), "T2": ("accepted", "auto")})

# --- split ----------------------------------------------------------------------

c = Fresh()
out = c.tracks("split", "T1", "--since", when(12 * HOUR)[:19], "--why", "the next day").stdout.decode()
report(out.startswith("T2 split off T1 (parts: 1; left in T1: 1).\n"), "split: what is said", out)
same("split: two tracks, made by an analyst", c.states(), {"T1": ("proposed", "analyst"), "T2": ("proposed", "analyst")})
same("split: what was before", c.read("--track", "T1"), files(BURST))
same("split: what came after", c.read("--track", "T2"), files(SECOND))
same("split: the scope is the same", c.read(), files(BURST + SECOND))
report([p[4][:19] for p in c.parts("T2")] == [when(DAY)[:19]], "a part begins with what is recorded", c.parts("T2"))
c.investigate()
same("split survives a run", c.states(), {"T1": ("proposed", "analyst"), "T2": ("proposed", "analyst")})
c.tracks("reject", "T2")
same("the part rejected is out of scope", c.read(), files(BURST))
same("parts keep their reason", {r["reason"] for r in rows("tracks", c.case)},
     {"everything from this client: the account's usual client is another"})
# The middle is cut out of a track: two pieces are left.
c = Fresh()
c.tracks("split", "T1", "--since", when(2 * HOUR + 10)[:19], "--until", when(2 * HOUR + 19)[:19])
same("cut out of the middle", [(p[0], p[4][11:19], p[5][11:19]) for p in sorted(c.parts())],
     [("T1", "11:00:00", "11:00:09"), ("T1", "11:00:19", "09:04:00"), ("T2", "11:00:10", "11:00:19")])
same("no file is lost", c.read("--track", "T1") | c.read("--track", "T2"), files(BURST + SECOND))
same("none is in both", c.read("--track", "T1") & c.read("--track", "T2"), set())

# --- drop -----------------------------------------------------------------------

c = Fresh()
out = c.tracks("drop", "T1", "--since", when(12 * HOUR)[:19]).stdout.decode()
report(out.startswith("Dropped from T1 (parts: 1; left: 1).\n"), "drop: what is said", out)
same("dropped: out of scope", c.read(), files(BURST))
c.investigate()
same("dropped: not proposed again", (c.read(), set(c.states())), (files(BURST), {"T1"}))
c.investigate(third)
same("dropped: nor what follows of that actor", (c.read(), set(c.states())), (files(BURST), {"T1"}))
c.tracks("add", "--track", "T1", "--client", "10.6.6.6")
same("added again", c.read(), files(BURST + SECOND + THIRD))
c.investigate()
same("and there after a run", (c.read(), set(c.states())), (files(BURST + SECOND + THIRD), {"T1"}))

# --- add ------------------------------------------------------------------------

c = Fresh()
out = c.tracks("add", "--account", "ito", "--since", when(HOUR)[:19], "--until", when(2 * HOUR)[:19]).stdout.decode()
report(out.startswith("T2 made (parts: 1).\n"), "add: what is said", out)
same("add: an accepted track of an analyst's", c.states(), {"T1": ("proposed", "auto"), "T2": ("accepted", "analyst")})
inside = {f for i, f in enumerate(sorted(files(by("ito", "x", 2000, 40, 0)))) if HOUR <= 60 + 300 * i <= 2 * HOUR + 59}
same("add: what was read in that time", c.read("--track", "T2"), inside)
same("add: named by the analyst", [r["reason"] for r in rows("tracks", c.case) if r["track"] == "T2"], ["named by the analyst"])
same("add: the first footprint is an access, not the time given", c.report()["first_footprint"]["time"][:19], when(HOUR + 60)[:19])
c.investigate()
same("add survives a run", c.states(), {"T1": ("proposed", "auto"), "T2": ("accepted", "analyst")})
# What another track has goes over; a track without parts is gone, its record stays.
c.tracks("accept", "T1")
out = c.tracks("add", "--track", "T2", "--account", "kato", "--client", "10.6.6.*").stdout.decode()
report("(parts: 1). Taken from other tracks: 1.\n" in out, "add: what is taken from others is said", out)
same("add: the other track is gone", c.states(), {"T2": ("accepted", "analyst")})
same("its findings go with the parts", {r["track"] for r in rows("findings", c.case)}, {"T2"})
same("every part is in the record", [(r["decision"], r["action"], r["change"], r["track"]) for r in c.log()],
     [("D1", "add", "added", "T2"), ("D2", "accept", "kept", "T1"), ("D3", "add", "removed", "T1"), ("D3", "add", "added", "T2")])
c.investigate()
same("nothing of it is proposed again", c.states(), {"T2": ("accepted", "analyst")})
c.tracks("split", "T2", "--account", "ito")
same("a name is given once only", set(c.states()), {"T2", "T3"})

# --- what is refused, and changes nothing ------------------------------------------

c = Fresh()
for name, code, args, word in (
        ("an unknown track", 1, ["accept", "T9"], "there is no track T9"),
        ("one known, one not", 1, ["accept", "T1", "T9"], "T9"),
        ("nothing of the track is meant", 1, ["split", "T1", "--account", "ito"], "nothing of T1 is meant"),
        ("nothing in that time", 1, ["split", "T1", "--since", when(5 * HOUR), "--until", when(6 * HOUR)], "nothing of T1"),
        ("all of the track", 1, ["split", "T1", "--client", "10.6.6.6"], "nothing would be left of T1"),
        ("drop: all of the track", 1, ["drop", "T1", "--account", "kato"], "tracks reject"),
        ("add: nobody", 1, ["add", "--account", "nobody"], "no account"),
        ("add: nobody at that time", 1, ["add", "--account", "ito", "--since", when(3 * DAY)], "no account"),
        ("add: is there already", 1, ["add", "--track", "T1", "--client", "10.6.6.6"], "T1 has all of that"),
        ("no such action", 2, ["approve", "T1"], "approve"),
        ("no track", 2, ["accept"], "T1"),
        ("a filter with accept", 2, ["accept", "T1", "--client", "x"], "split"),
        ("split: two tracks", 2, ["split", "T1", "T2", "--client", "x"], "one track"),
        ("split: no filter", 2, ["split", "T1"], "--account"),
        ("add: an operand", 2, ["add", "T1", "--client", "x"], "--track"),
        ("add: everything", 2, ["add"], "--account"),
        ("--track elsewhere", 2, ["drop", "T1", "--track", "T1", "--client", "x"], "--track"),
        ("--why without a decision", 2, ["--why", "x"], "--why"),
        ("an empty name", 2, ["accept", "T1", "--by", ""], "--by"),
        ("no track at all", 2, ["accept", "first"], "first"),
        ("a long reason", 2, ["accept", "T1", "--why", "x" * 4097], "4096"),
        ("log with a filter", 2, ["log", "--account", "kato"], "log"),
        ("log with more", 2, ["log", "T1"], "T1")):
    p = c.tracks(*args, check=None)
    report(p.returncode == code and word in p.stderr.decode() and p.stdout == b"", f"refused: {name}",
           f"exit {p.returncode}: {p.stderr.decode()}")
same("what was refused changed nothing", (c.states(), c.log()), ({"T1": ("proposed", "auto")}, []))

with open(os.path.join(c.case, "lock"), "r+") as f:
    fcntl.flock(f, fcntl.LOCK_EX)
    f.truncate(0)
    f.write("4711")
    f.flush()
    p = c.tracks("accept", "T1", check=None)
    report(p.returncode == 1 and b"4711" in p.stderr, "while another writes: said who", p.stderr)
    same("the list can be read meanwhile", c.states(), {"T1": ("proposed", "auto")})

# --- the record -------------------------------------------------------------------

EVIL = "=1+1\n\x1b[31m\t\"quoted\", \u202e and 'more'"
started = datetime.datetime.now(datetime.timezone.utc)
p = c.tracks("accept", "T1", "--why", EVIL, "--json")
mine = json.loads(p.stdout)
same("--json prints the record of the decision", mine, c.log())
c.tracks("split", "T1", "--client", "10.6.6.6", "--until", when(12 * HOUR)[:19], "--by", "山田 it's")
log = c.log()
same("who: the login name, or the one given", [log[0]["by"], log[1]["by"]],
     [login(), "山田 it's"])
made = datetime.datetime.fromisoformat(log[0]["time"])
report(started - datetime.timedelta(seconds=1) <= made <= datetime.datetime.now(datetime.timezone.utc), "when: now", log[0]["time"])
same("why: as given", log[0]["why"], EVIL)
same("the filters as they could be typed", log[1]["filters"], f"--client '10.6.6.6' --until '{when(12 * HOUR)[:19]}'")
same("what exactly", [(r["change"], r["track"], r["account"], r["client"], r["first"][11:19], r["last"][11:19]) for r in log],
     [("kept", "T1", "kato", "10.6.6.6", "11:00:00", "09:04:00"), ("removed", "T1", "kato", "10.6.6.6", "11:00:00", "11:00:59"),
      ("added", "T2", "kato", "10.6.6.6", "11:00:00", "11:00:59")])
same("csv says the same", [r["why"] for r in csv.DictReader(io.StringIO(run("tracks", "log", "--case", c.case, "--format", "csv").stdout.decode(), newline=""))][0],
     "'" + EVIL)
report(plain(c.tracks("log").stdout), "a hostile reason is inert on a terminal", c.tracks("log").stdout)
r = c.report()
same("the report has the same record", [(d["id"], d["action"], d["track"], d["by"], d["why"], d["time"]) for d in r["decisions"]],
     [("D1", "accept", "T1", log[0]["by"], EVIL, log[0]["time"]), ("D2", "split", "T1", "山田 it's", "", log[1]["time"])])
same("with every part", [(p["change"], p["track"], p["client"]) for p in r["decisions"][1]["parts"]],
     [("removed", "T1", "10.6.6.6"), ("added", "T2", "10.6.6.6")])
same("decisions are sealed", run("verify", "--case", c.case, check=None).returncode, 0)
same("what is split off an accepted track is accepted", c.states(), {"T1": ("accepted", "analyst"), "T2": ("accepted", "analyst")})

shutil.rmtree(TMP)
finish()
