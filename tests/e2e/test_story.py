#!/usr/bin/env python3
"""The story of a track: its phases, the checks a first notice needs, the explanations.
Held against the truth of simulated companies and of captures, never against itself."""
import csv
import datetime
import io
import json
import os
import re
import shlex
import shutil
import tempfile
import unicodedata

from lib import CAPTURES, ROOT, finish, report, rows, run, same
from logs import SHARE, put, reads, record

TMP = tempfile.mkdtemp(prefix="ashiato-test-")
COMMANDS = ("timeline", "hypotheses", "checks")
count = 0


def moment(text):
    return datetime.datetime.fromisoformat(text)


class Story:
    """A case, and what the three commands and the report say of it."""

    def __init__(self, *inputs, track=None):
        global count
        count += 1
        self.case = os.path.join(TMP, f"case{count}")
        run("investigate", *inputs, "--case", self.case, "--quiet")
        if track is not None:
            run("tracks", "add", "--case", self.case, *track, "--why", "as the truth says", "--by", "test")
            run("report", "--case", self.case)
        self.timeline = rows("timeline", self.case)
        self.ranking = rows("hypotheses", self.case)
        self.matrix = rows("hypotheses", self.case, "--matrix")
        self.checks = {c["check"]: c for c in rows("checks", self.case)}
        with open(os.path.join(self.case, "report.json"), encoding="utf-8") as f:
            self.report = json.load(f)

    def ranks(self):
        """Of the first track; the tests' cases have one."""
        return {h["hypothesis"]: h["rank"] for h in self.ranking if h["track"] == self.ranking[0]["track"]}

    def leading(self):
        return {name for name, rank in self.ranks().items() if rank == 1}

    def seen(self):
        return {o["observation"]: o["value"] for o in self.matrix if o["value"] is not None}

    def states(self):
        return {name: c["state"] for name, c in self.checks.items()}

    def answer(self):
        return "\n".join([self.report["answer"]["headline"], *self.report["answer"]["lines"]])


class Company(Story):
    """A simulated one; its intruder is named to the case where no track is proposed."""

    def __init__(self, scenario, *options, name_intruder=True):
        out = os.path.join(TMP, scenario)
        run("simulate", scenario, "--days", "40", "--users", "10", "--actions", "20", "--files", "1500", "--out", out,
            *options)
        with open(os.path.join(out, "truth.json"), encoding="utf-8") as f:
            self.truth = json.load(f)
        with open(os.path.join(out, "truth.tsv"), encoding="utf-8", newline="") as f:
            self.reads = [t for t in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE) if t["grade"] == "read"]
        servers = [os.path.join(out, d) for d in os.listdir(out) if d.startswith("fs")]
        track = None
        if name_intruder:
            track = ["--account", self.truth["intruder"][0]["account"], "--since",
                     self.truth["first_footprint"], "--client", self.truth["intruder"][0]["client"]]
        super().__init__(*servers, track=track)
        if name_intruder:
            several = len(self.truth["intruder"]) > 1
            for other in self.truth["intruder"] if several else ():
                # Refused where the proposal has all of it already.
                run("tracks", "add", "--case", self.case, "--track", "T1", "--account", other["account"],
                    "--client", other["client"], "--why", "as the truth says", "--by", "test", check=None)
            if self.truth["intruder"][1:]:
                self.timeline = rows("timeline", self.case)
                self.ranking = rows("hypotheses", self.case)
                self.matrix = rows("hypotheses", self.case, "--matrix")
                run("report", "--case", self.case)
                with open(os.path.join(self.case, "report.json"), encoding="utf-8") as f:
                    self.report = json.load(f)


    def files_read(self, first, last):
        """Different files the truth says were read then."""
        low, high = moment(first) - datetime.timedelta(seconds=1), moment(last) + datetime.timedelta(seconds=1)
        return len({t["path"] for t in self.reads if low <= moment(t["time"]) <= high})


# --- what must hold of any story -----------------------------------------

def holds(name, s):
    """The ranking follows from the matrix, the matrix from accesses that can be listed."""
    for track in {h["track"] for h in s.ranking}:
        ranking = [h for h in s.ranking if h["track"] == track]
        cells = [o for o in s.matrix if o["track"] == track]
        counts = {h["hypothesis"]: tuple(sum(o[h["hypothesis"]] == word for o in cells)
                                         for word in ("against", "for")) for h in ranking}
        same(f"{name}: the ranking counts the matrix", {h["hypothesis"]: (h["contradicts"], h["supports"]) for h in ranking},
             counts)
        same(f"{name}: what speaks against decides the rank, nothing else",
             [h["rank"] for h in ranking],
             [1 + sum(o["contradicts"] < h["contradicts"] for o in ranking) for h in ranking])
    accesses = [p for p in s.timeline if p["accesses"] > 0]
    tracks = {p["track"] for p in accesses}
    for track in tracks:
        number = sum(r["accesses"] for r in rows("scope", s.case, "--track", track))
        total = sum(p["accesses"] for p in accesses if p["track"] == track)
        same(f"{name}: the phases hold all accesses of {track}", total, number)
    for track in {p["track"] for p in s.timeline}:
        times = [(moment(p["from"]), moment(p["to"])) for p in s.timeline if p["track"] == track]
        report(all(a <= b for a, b in times) and all(x[1] <= y[0] for x, y in zip(times, times[1:])),
               f"{name}: phases follow each other", times)
    same(f"{name}: the report has the same",
         ([(p["track"], p["name"], p["accesses"]) for p in s.report["phases"]],
          [(h["track"], h["name"], h["rank"]) for h in s.report["hypotheses"]],
          [(o["track"], o["name"], o["value"], o["command"]) for o in s.report["observations"]]),
         ([(p["track"], p["phase"], p["accesses"]) for p in s.timeline],
          [(h["track"], h["hypothesis"], h["rank"]) for h in s.ranking],
          [(o["track"], o["observation"], o["value"], o["command"]) for o in s.matrix]))


def commands_list_it(name, s):
    """Each observation: its command runs and lists something; its examples are records."""
    outputs, bad = {}, []
    for o in s.matrix:
        if o["value"] is None:
            continue
        if o["command"] not in outputs:
            p = run(*shlex.split(o["command"]), "--case", s.case, "--json", check=None)
            outputs[o["command"]] = json.loads(p.stdout) if p.returncode == 0 else None
        if outputs[o["command"]] is None or bool(outputs[o["command"]]) == (o["value"] == "none" and o["observation"] == "changes"):
            bad.append((o["observation"], o["command"]))
    report(not bad, f"{name}: what each observation was taken from can be listed", bad)
    same(f"{name}: all but logons and the log itself have accesses as examples",
         [o["observation"] for o in s.matrix if o["value"] is not None and o["ids"] == "" and
          o["observation"] not in ("logons", "log")], [])
    ids = sorted({i for o in s.matrix for i in o["ids"].split()} | {i for c in s.checks.values() for i in c["ids"].split()})
    without = [i for i in ids[:6] if not rows("show", s.case, i)]
    same(f"{name}: the examples have raw records", without, [])


# --- simulated companies ---------------------------------------------------

def a_quiet_year_then_a_scan():
    s = Company("slow-then-scan", "--seed", "8")  # lists folders, and a second operator comes
    truth = {p["name"]: p for p in s.truth["phases"]}
    loud = [p for p in s.timeline if p["phase"] == "loud-end"]
    first = moment(s.timeline[0]["from"])
    report(abs((first - moment(s.truth["first_footprint"])).total_seconds()) < 60, "slow-then-scan: begins at the first footprint",
           (s.timeline[0]["from"], s.truth["first_footprint"]))
    scan = [p for p in loud if p["activity"] == "reconnaissance"]
    take = [p for p in loud if p["activity"] == "collection"]
    report(len(scan) == 1 and abs((moment(scan[0]["from"]) - moment(truth["list"]["from"])).total_seconds()) < 60,
           "slow-then-scan: the scan is a phase of its own", s.timeline)
    same("slow-then-scan: it listed what the scan listed", scan[0]["listed"] if scan else None, truth["list"]["listed"])
    same("slow-then-scan: then took what was taken", sum(p["read"] for p in take), truth["take"]["read"])
    quiet = [p for p in s.timeline if p["phase"] not in ("loud-end", "end")]
    same("slow-then-scan: and quietly what was taken before", sum(p["read"] for p in quiet),
         sum(s.files_read(p["from"], p["to"]) for p in quiet))
    same("slow-then-scan: all of it", s.files_read(quiet[0]["from"], quiet[-1]["to"]),
         s.files_read(truth["collect"]["from"], truth["collect"]["to"]))
    same("slow-then-scan: at the end the records go on", s.timeline[-1]["phase"], "end")
    # The second half of this one is another operator's: docs/SIMULATE.md.
    same("slow-then-scan: another operator is seen", s.seen().get("handover"), "seen")
    report(len(s.truth["intruder"]) == 2 and "operator-change" in s.leading(), "slow-then-scan: and leads", s.ranks())
    report({"tool-misuse", "mass-job", "insider"}.isdisjoint(s.leading()), "slow-then-scan: no owner, no job leads", s.ranks())
    report(all(s.states()[c] != "seen" for c in ("encryption", "destruction", "staging")),
           "slow-then-scan: nothing was encrypted, deleted or packed", s.states())
    same("slow-then-scan: what no record tells is not denied",
         [s.states()[c] for c in ("log-tampering", "outward-transfer")], ["cannot-tell"] * 2)
    holds("slow-then-scan", s)
    commands_list_it("slow-then-scan", s)
    formats(s)
    heatmap(s)


def ransomware():
    s = Company("ransomware", name_intruder=False)
    same("ransomware: one explanation leads", s.leading(), {"ransomware"})
    same("ransomware: encryption is seen", s.states()["encryption"], "seen")
    renamed = sum(p["renamed"] for p in s.truth["phases"])
    same("ransomware: of as many files as it renamed", s.checks["encryption"]["count"], renamed)
    same("ransomware: archives it encrypted are no packing", s.states()["staging"], "not-found")
    report(".locked" in s.checks["encryption"]["text"], "ransomware: its extension is named", s.checks["encryption"]["text"])
    holds("ransomware", s)


def an_employee_who_leaves():
    s = Company("insider")
    # Logs alone do not tell an owner from somebody who sits at the owner's PC.
    report({"insider"} <= s.leading() <= {"insider", "stolen-account"}, "insider: the owner leads", s.ranks())
    holds("insider", s)


def nobody_does_wrong():
    s = Company("benign", name_intruder=False)
    same("benign: no track, no story", (s.timeline, s.ranking, s.matrix, s.checks), ([], [], [], {}))
    same("benign: the report neither", [s.report[k] for k in ("phases", "checks", "hypotheses", "observations")], [[], [], [], []])
    report("Intrusion suspected" not in s.answer() and "Why?" not in s.answer(), "benign: no intrusion is claimed", s.answer())
    for command in COMMANDS:
        out = run(command, "--case", s.case).stdout.decode()
        report("No track" in out, f"benign: {command} says so", out)
    # Named an intruder by mistake, the nightly backup is still told for what it is.
    run("tracks", "add", "--case", s.case, "--account", "svc_backup", "--since", "2026-01-20", "--until", "2026-01-21")
    s.ranking = rows("hypotheses", s.case)
    same("backup: a mass job leads alone", s.leading(), {"mass-job"})


# --- captures ---------------------------------------------------------------

def capture(name, who):
    folder = os.path.join(CAPTURES, name)
    inputs = [os.path.join(folder, f) for f in ("audit.log", "auth_audit.json") if os.path.exists(os.path.join(folder, f))]
    return Story(*inputs, track=who)


def lines_of(name, file):
    with open(os.path.join(CAPTURES, name, file), encoding="utf-8") as f:
        return [line for line in f.read().splitlines() if line]


def files_encrypted_by_a_client():
    s = capture("ransom", ["--account", "*"])
    same("ransom: encryption is seen", s.states()["encryption"], "seen")
    same("ransom: in as many files as the client renamed", s.checks["encryption"]["count"],
         len(lines_of("ransom", "truth_renamed.tsv")))
    same("ransom: ransomware leads alone", s.leading(), {"ransomware"})


def files_taken_and_deleted():
    s = capture("copy-delete", ["--account", "*"])
    same("copy-delete: destruction is seen", s.states()["destruction"], "seen")
    same("copy-delete: files read, then deleted", s.seen().get("changes"), "read-then-deleted")
    report("insider" in s.leading() and "tool-misuse" not in s.leading(), "copy-delete: the owner may have done it", s.ranks())
    # This capture holds nothing else of the account.
    report("cannot be told from its owner" in s.answer(), "copy-delete: that an intruder may have, is said", s.answer())
    report(len(s.leading()) > 1 and "Why? That is open" in s.answer(), "copy-delete: and that it is open", s.answer())


# --- built -------------------------------------------------------------------

def a_scan_without_any_history():
    """One client lists and reads in one go, and the log holds nothing else: who sat
    there cannot be told, whatever looks likely."""
    log = put(os.path.join(TMP, "alone.log"), reads(0, 400, step=0.02))
    s = Story(log, track=["--account", "kato"])
    report({"stolen-account", "insider"} <= s.leading(), "no history: neither owner nor intruder is ruled out", [s.ranks(), s.seen()])
    report("cannot be told from its owner" in s.answer(), "no history: the answer says so", s.answer())
    same("no history: changes nobody made may not be logged", s.states()["encryption"], "cannot-tell")


def hostile_names():
    """Accounts, names and shares an intruder chose, on a terminal and in every format."""
    bad = "k\u202eato<script>\u001b[31m"
    lines = []
    for i in range(60):
        lines += [record(i, f"{bad}|10.0.0.7|pc\u2066<b>|da'ta\"|create_file|ok|0x120089|file|open|{SHARE}/a\u202e{i}.txt"),
                  record(i + 0.01, f"{bad}|10.0.0.7|pc\u2066<b>|da'ta\"|pread_recv|ok|{SHARE}/a\u202e{i}.txt")]
    s = Story(put(os.path.join(TMP, "hostile.log"), lines), track=["--account", "*"])
    report(len(s.timeline) > 0 and s.timeline[0]["accesses"] == 60, "hostile names: a story all the same", s.timeline)
    for command in (["timeline"], ["hypotheses"], ["hypotheses", "--matrix"], ["checks"]):
        out = run(*command, "--case", s.case).stdout.decode()
        unsafe = {c for c in out if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"}
        same(f"hostile names: `{' '.join(command)}` prints nothing a terminal obeys", unsafe, set())
    commands_list_it("hostile names", s)
    with open(os.path.join(s.case, "report.html"), encoding="utf-8") as f:
        page = f.read()
    report("ato<script>" not in page and "pc\u2066<b>" not in page, "hostile names: no markup of theirs in the page")


# --- the page ------------------------------------------------------------------

def the_page_says_what_the_table_says():
    """docs/HYPOTHESES.md gives a reason for each sign of observations.def."""
    with open(os.path.join(ROOT, "src/investigate/observations.def"), encoding="utf-8") as f:
        text = f.read()
    names = dict(re.findall(r'^OBSERVATION\((\w+), "([^"]+)"', text, re.M))
    table = {(names[kind], value): signs
             for kind, value, signs in re.findall(r'^VALUE\(\w+, (\w+), "([^"]+)", "([^"]+)"', text, re.M)}
    page, current = {}, None
    with open(os.path.join(ROOT, "docs/HYPOTHESES.md"), encoding="utf-8") as f:
        for line in f:
            title = re.match(r"\*\*([a-z]+)\*\* \(", line)
            current = title[1] if title else current
            cells = [c.strip() for c in line.strip().strip("|").split("|")]
            if current and len(cells) == 9 and cells[0] not in ("value", "---") and not cells[0].startswith(":"):
                page[current, cells[0]] = "".join({"+": "+", "\u2212": "-", "\u00b7": "0"}[c] for c in cells[1:8])
                report(len(cells[8]) > 10, f"HYPOTHESES.md: {current} {cells[0]} has a reason", cells[8])
    same("HYPOTHESES.md: the signs are those of the table", page, table)


# --- formats, hours ------------------------------------------------------------

def formats(s):
    for command in (["timeline"], ["hypotheses"], ["hypotheses", "--matrix"], ["checks"]):
        name, tables = " ".join(command), {}
        tables["csv"] = list(csv.reader(io.StringIO(run(*command, "--case", s.case, "-f", "csv").stdout.decode(), newline="")))
        tables["tsv"] = [line.split("\t") for line in run(*command, "--case", s.case, "-f", "tsv").stdout.decode().splitlines()]
        got = json.loads(run(*command, "--case", s.case, "--json").stdout)
        keys = [k for k in got[0] if not k.endswith("_base64")]
        for kind, table in tables.items():
            same(f"{name}: {kind} has the columns of json", table[0], keys)
            same(f"{name}: {kind} has the rows of json", len(table) - 1, len(got))
        same(f"{name}: --track chooses", [r for r in json.loads(
            run(*command, "--case", s.case, "--json", *([] if "checks" in command else ["--track", "T9"])).stdout)]
            if "checks" not in command else [], [])


def heatmap(s):
    """Accesses by hour, counted anew from the accesses."""
    asked = run("query", "--case", s.case, "--json",
                "SELECT hour(a.first AT TIME ZONE 'Asia/Tokyo') AS h, count(*) AS n FROM accesses a WHERE EXISTS (FROM "
                "track_parts p WHERE p.track = 1 AND p.account = a.account AND p.client = a.client AND a.first BETWEEN "
                "p.first - INTERVAL 1 SECOND AND p.last) GROUP BY ALL")
    truth = {int(r["h"]): int(r["n"]) for r in json.loads(asked.stdout)}
    got = {}
    for row in s.report["heatmap"]["rows"]:
        for hour, n in enumerate(row["tracks"]):
            if n:
                got[hour] = got.get(hour, 0) + n
    same("heat map: as many accesses in each hour of the day", got, truth)
    report(all(re.fullmatch(r"\d{4}-\d\d-\d\d", r["day"]) for r in s.report["heatmap"]["rows"])
           if s.report["heatmap"]["by"] == "date" else len(s.report["heatmap"]["rows"]) == 7,
           "heat map: dates, or the days of the week", s.report["heatmap"]["by"])


try:
    a_quiet_year_then_a_scan()
    ransomware()
    an_employee_who_leaves()
    nobody_does_wrong()
    files_encrypted_by_a_client()
    files_taken_and_deleted()
    a_scan_without_any_history()
    hostile_names()
    the_page_says_what_the_table_says()
finally:
    shutil.rmtree(TMP)
finish()
