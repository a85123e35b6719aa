#!/usr/bin/env python3
"""Untouched: each rule that says what hides an access, and the accesses that say
somebody was there. docs/UNTOUCHED.md, untouched_rules.def and the program agree."""
import datetime
import gzip
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import unicodedata

import wincase
import winlog
from lib import ASHIATO, CAPTURES, ROOT, finish, report, rows, run, same
from logs import BASE, SHARE, put, record

TMP = tempfile.mkdtemp(prefix="ashiato-test-")
HOUR = 3600
HR = f"{SHARE}/人事部"
HR_FILE = f"{HR}/給与.xlsx"


def at(name):
    return os.path.join(TMP, name)


def when(seconds):
    return (BASE + datetime.timedelta(seconds=seconds)).isoformat()[:19]


def op(seconds, operation, path, user="kato", share="data", host="fs01", outcome="ok"):
    return record(seconds, f"{user}|10.0.0.7|pc7|{share}|{operation.split('|')[0]}|{outcome}|"
                  + "".join(a + "|" for a in operation.split("|")[1:]) + path, host)


def opens(seconds, path, **who):
    return [op(seconds, "create_file|0x120089|file|open", path, **who)]


def reads(seconds, path, **who):
    return opens(seconds, path, **who) + [op(seconds + 0.01, "pread_recv", path, **who)]


def lists(seconds, path, **who):
    return [op(seconds, "create_file|0x81|dir|open", path, **who)]


def work(hours=range(6), folder="経理部", **who):
    """Something in every hour, in two folders of the share: it reaches from SHARE."""
    return [line for h in hours for m in (1, 20, 40, 58)
            for line in reads(h * HOUR + m * 60, f"{SHARE}/{folder if m != 40 else 'Public'}/{h}-{m}.xlsx", **who)]


class Ask:
    """A case of these logs, and questions about it."""
    count = 0

    def __init__(self, *logs, options=(), check=0):
        Ask.count += 1
        self.case = at(f"case{Ask.count}")
        files = []
        for i, lines in enumerate(logs):
            path = lines
            if isinstance(lines, list):
                path = put(at(f"log{Ask.count}-{i}.log"), sorted(lines))
            files.append(path)
        run("investigate", *files, "--case", self.case, "--quiet", *options, check=check)

    def __call__(self, path, *args, **kw):
        p = run("untouched", "--case", self.case, "--path", path, "--json", *args, check=None, **kw)
        if p.returncode not in (0, 6, 7):
            raise RuntimeError(p.stderr.decode())
        self.code, self.all = p.returncode, json.loads(p.stdout)
        self.row = self.all["paths"][0]
        server = [s for s in self.all["servers"] if s["server"] == self.row["server"]]
        self.prevents = self.row["prevents"] + (server[0]["prevents"] if server else [])
        return self.row["read"], self.row["opened"], sorted({x["reason"] for x in self.prevents})

    def times(self, reason):
        return [(x["from"] and x["from"][11:19], x["to"] and x["to"][11:19], x["hides"]) for x in self.prevents
                if x["reason"] == reason]

    def sql(self, *statements):
        """The same case with something put into it."""
        Ask.count += 1
        other = Ask.__new__(Ask)
        other.case = at(f"case{Ask.count}")
        shutil.copytree(self.case, other.case)
        db = sqlite3.connect(os.path.join(other.case, "case.sqlite"))
        for s in statements:
            db.execute(*s) if isinstance(s, tuple) else db.execute(s)
        db.commit()
        db.close()
        return other


YES, NO, MAYBE = "touched", "untouched", "not-provable"

# --- answers -----------------------------------------------------------------------

whole = Ask(work())
same("whole: nobody was there", (whole(HR), whole.code), ((NO, NO, []), 0))
same("the time asked about is said: all of the server's records", (whole.row["from"][:19], whole.row["to"][:19]),
     (when(60), when(5 * HOUR + 58 * 60)))
same("a path no record names: said", whole.row["named"], False)
same("the shares that reach there", (whole.row["server"], whole.row["shares"]), ("fs01", ["data"]))
same("where somebody was: said who, when, what", (whole(f"{SHARE}/経理部"), whole.code), ((YES, YES, []), 6))
first = whole.row["accesses"][0]
same("the access that says so", [first[k] for k in ("grade", "account", "client", "path", "track")],
     ["read", "kato", "10.0.0.7", f"{SHARE}/経理部/0-1.xlsx", None])
same("its records can be shown", run("show", "--raw", "--case", whole.case, first["id"]).stdout, b"".join(reads(60, f"{SHARE}/経理部/0-1.xlsx")))
same("how often", whole.row["counts"]["read"], 18)

for name, lines, expected, code in (
        ("read", reads(9000, HR_FILE), (YES, YES, []), 6),
        ("opened", opens(9000, HR_FILE), (MAYBE, YES, ["opened"]), 7),
        ("listed", lists(9000, HR), (NO, YES, []), 0),
        ("listed below", lists(9000, HR + "/x"), (NO, YES, []), 0),
        ("its parent listed", lists(9000, SHARE), (NO, NO, []), 0),
        ("made", [op(9000, "mkdirat", HR + "/new")], (NO, YES, []), 0),
        ("written", [op(9000, "pwrite_recv", HR_FILE)], (NO, YES, []), 0),
        ("deleted", [op(9000, "unlinkat", HR_FILE)], (NO, YES, []), 0),
        ("only looked up", [op(9000, "openat|r", HR_FILE)], (NO, NO, []), 0),
        ("refused", [op(9000, "openat|r", HR_FILE, outcome="fail (Permission denied)")], (NO, NO, []), 0),
        ("below a name alike", reads(9000, f"{SHARE}/人事部2/x"), (NO, NO, []), 0),
        ("in capitals", reads(9000, f"{SHARE}/人事部/Ａ.TXT".upper()), (YES, YES, []), 6),
        ("with accents composed otherwise", reads(9000, unicodedata.normalize("NFD", HR + "/データ.txt")), (YES, YES, []), 6)):
    c = Ask(work() + lines)
    same(f"{name}: the answer", (c(HR), c.code), (expected, code))
c = Ask(work() + reads(9000, HR + "/ガイド.txt") + reads(9001, f"{SHARE}/Sales/A.docx"))
same("a path in capitals", c(f"{SHARE.upper()}/sales")[0], YES)
same("a path composed otherwise", c(unicodedata.normalize("NFD", HR + "/ガイド.txt"))[0], YES)
same("a file", (c(HR + "/ガイド.txt")[0], c(HR + "/ガイド")[0]), (YES, NO))
same("a file's streams are the file", Ask(work() + reads(9000, HR_FILE + "::$DATA"))(HR_FILE)[0], YES)
same("a name with a colon", Ask(work() + reads(9000, HR + "/10:30.txt"))(HR + "/10:30.txt")[0], YES)
same("a folder with a slash", c(HR + "/")[0], YES)
same("a wildcard", (c(f"{SHARE}/*/*.docx")[0], c(f"{SHARE}/*/*.pst")[0]), (YES, NO))
same("a wildcard at the front reaches where nobody knows", (c("*.docx"), c("*.pst")), ((YES, YES, ["partly-logged"]), (MAYBE, MAYBE, ["partly-logged"])))
c = Ask(work() + [op(9000, "openat|r", HR_FILE, outcome="fail (Permission denied)"), op(9001, "openat|r", HR + "/b", outcome="fail (No such file or directory)"),
                  op(9002, "openat|r", HR + "/c")])
same("what was refused or looked up is counted", (c(HR), {k: v for k, v in c.row["counts"].items() if v}), ((NO, NO, []), {"denied": 1, "missing": 1, "seen": 1}))

# --- moves ---------------------------------------------------------------------------

AWAY = f"{SHARE}/Public/給与.xlsx"
for name, lines, expected in (
        ("moved away", [op(9000, f"renameat|{HR_FILE}", AWAY)], (MAYBE, YES, ["moved"])),
        ("moved here", [op(9000, f"renameat|{AWAY}", HR_FILE)], (MAYBE, MAYBE, ["moved"])),
        ("renamed within", [op(9000, f"renameat|{HR_FILE}", HR + "/b.xlsx")], (NO, YES, [])),
        ("a folder above renamed", [op(9000, f"renameat|{HR}", SHARE + "/old")], (MAYBE, MAYBE, ["moved"])),
        ("linked", [op(9000, f"linkat|{HR_FILE}", AWAY)], (MAYBE, YES, ["moved"])),
        ("moved elsewhere", [op(9000, f"renameat|{SHARE}/経理部/a", AWAY)], (NO, NO, []))):
    c = Ask(work() + lines)
    same(f"{name}: the answer", c(HR + ("/2026" if "above" in name else "")), expected)
c = Ask(work() + [op(9000, f"renameat|{HR_FILE}", AWAY)])
same("moved away, at another time", c(HR, "--since", when(3 * HOUR)), (NO, NO, []))
same("moved: when and what", (c(HR) and c.times("moved"), HR_FILE in c.row["prevents"][0]["text"]), ([("11:30:00", "11:30:00", "all")], True))

# --- times ---------------------------------------------------------------------------

gap = Ask(work([0, 1, 4, 5]))
same("a silence: not provable", (gap(HR), gap.code), ((MAYBE, MAYBE, ["silence"]), 7))
same("a silence: its times", gap.times("silence"), [("10:58:00", "13:01:00", "all")])
same("before it", gap(HR, "--until", when(HOUR)), (NO, NO, []))
same("behind it", gap(HR, "--since", when(5 * HOUR), "--until", when(5 * HOUR + 900)), (NO, NO, []))
same("within it", gap(HR, "--since", when(2.5 * HOUR), "--until", when(3 * HOUR)), (MAYBE, MAYBE, ["silence"]))
same("touched all the same, where an access says so", gap(f"{SHARE}/経理部")[:2], (YES, YES))
same("before the first record", (whole(HR, "--since", when(-HOUR)), whole.times("before-records")),
     ((MAYBE, MAYBE, ["before-records"]), [("08:00:00", "09:00:59", "all")]))
same("behind the last record", whole(HR, "--until", when(8 * HOUR))[2], ["after-records"])
same("long before", whole(HR, "--since", when(-9 * HOUR), "--until", when(-8 * HOUR))[2], ["before-records"])
later = Ask(work() + work(range(3, 6), share="other"))
same("a share that falls silent while another is used", (later(HR), Ask(work(range(3)) + work(range(6), share="other"))(HR)),
     ((MAYBE, MAYBE, ["share-silence"]), (MAYBE, MAYBE, ["share-silence"])))
same("... asked while it was used", later(HR, "--since", when(3 * HOUR)), (NO, NO, []))

genlog = os.path.join(os.path.dirname(ASHIATO), "genlog")
month = at("month.log")
subprocess.run([genlog, "--users", "25", "--days", "35", "-o", month], check=True, capture_output=True)
c = Ask(month, options=["--tz", "Asia/Tokyo"])
place = rows("query", c.case, "SELECT path FROM accesses WHERE grade = 'read' LIMIT 1")[0]["path"]
place = "/".join(place.split("/")[:3]) + "/nobody was here"
answer = c(place)
quiet = c.times("quiet")
same("nights: not provable", (answer[:2], "quiet" in answer[2]), ((MAYBE, MAYBE), True))
report(len(quiet) >= 30, "nights: each one is told", len(quiet))
answer = c(place, "--assume-quiet")
report("quiet" not in answer[2] and c.all["assume_quiet"] is True, "--assume-quiet: nights are taken for whole, and it says so", answer)
out = run("untouched", "--case", c.case, "--path", place, "--assume-quiet", check=None).stdout.decode()
report("--assume-quiet" in out, "... to people too", out)

# --- record numbers of Windows, of which this server is made to have some ---------------


def ns(seconds):
    return int((BASE + datetime.timedelta(seconds=seconds)).timestamp()) * 10**9


def number(first, last, start, end, exact=1):
    return ("INSERT INTO numbers VALUES(0, 1, ?, ?, ?, ?, ?)", (first, last, ns(start), ns(end), exact))


same("a silence whose record numbers are whole hides nothing", gap.sql(number(1, 900, 0, 6 * HOUR))(HR), (NO, NO, []))
same("numbers of another time prove nothing", gap.sql(number(1, 900, 3 * HOUR, 6 * HOUR))(HR), (MAYBE, MAYBE, ["silence"]))
same("nor do numbers that are not exact", gap.sql(number(1, 900, 0, 6 * HOUR, 0))(HR)[2], ["selected-records", "silence"])
c = whole.sql(number(1, 100, 0, 2 * HOUR), number(120, 200, 3 * HOUR, 6 * HOUR))
same("a hole in the numbers", (c(HR), c.times("record-gap")), ((MAYBE, MAYBE, ["record-gap"]), [("11:00:00", "12:00:00", "all")]))
same("... asked about another time", c(HR, "--until", when(1.5 * HOUR)), (NO, NO, []))

# --- shares ------------------------------------------------------------------------------

no_reads = Ask([l for l in work() if b"|pread_recv|" not in l])
same("no reads recorded: reads are hidden, opens are not", (no_reads(HR), no_reads.code), ((MAYBE, NO, ["no-reads"]), 7))
no_opens = Ask([l for l in work() if b"|create_file|" not in l])
same("no opens recorded: opens are hidden, reads are not", (no_opens(HR), no_opens.code), ((NO, MAYBE, ["no-opens"]), 0))
both = Ask(work() + [l for l in work(share="old") if b"|pread_recv|" not in l])
same("another share reaches there, without reads", both(HR), (MAYBE, NO, ["no-reads"]))
same("--share: only that one", both(HR, "--share", "data"), (NO, NO, []))
same("--share: only the other", both(HR, "--share", "o*"), (MAYBE, NO, ["no-reads"]))
same("nowhere near a share", (whole("/srv/other"), whole.row["server"], whole("/srv/other", "--server", "fs01")), ((MAYBE, MAYBE, ["not-logged"]), "fs01", (MAYBE, MAYBE, ["not-logged"])))
same("wider than the share", whole("/srv"), (YES, YES, ["partly-logged"]))
same("relative, where names are absolute", whole("人事部"), (MAYBE, MAYBE, ["not-logged"]))
narrow = Ask([l for l in work() if "Public".encode() not in l])
same("a share reaches no farther than it was seen", narrow(HR), (MAYBE, MAYBE, ["not-logged"]))
same("until its root was listed", Ask([l for l in work() if b"Public" not in l] + lists(100, SHARE))(HR), (NO, NO, []))
c = Ask(os.path.join(CAPTURES, "oldnames"), options=["--year", "2026", "--tz", "Asia/Tokyo"])
report("mixed-names" in c("/srv/share/何か")[2] and c("/srv/share/何か")[0] == MAYBE, "names in two ways", c("/srv/share/何か"))
windows = whole.sql("UPDATE shares SET operations = 0x30 | 3")
same("Windows: checks and uses are recorded", windows(HR), (NO, NO, []))
same("Windows: only uses (4663)", whole.sql("UPDATE shares SET operations = 0x20 | 3")(HR), (MAYBE, MAYBE, ["no-share-access"]))
same("Windows: only checks (5145)", whole.sql("UPDATE shares SET operations = 0x10 | 1")(HR), (MAYBE, NO, ["no-object-access"]))
same("Windows: uses, but no read", whole.sql("UPDATE shares SET operations = 0x30 | 1")(HR), (MAYBE, NO, ["no-reads"]))
c = Ask(work() + opens(9000, f"{SHARE}/経理部/half") + [op(9000, "pread_send", f"{SHARE}/経理部/half")])
same("a read without an end hides its hour", (c(HR), c.times("half-reads")), ((MAYBE, MAYBE, ["half-reads"]), [("11:00:00", "11:59:59", "all")]))
c = Ask(os.path.join(CAPTURES, "server-copy-rich"), options=["--year", "2026", "--tz", "Asia/Tokyo"])
same("a real copy by the server: opened, so reading cannot be ruled out", c("/srv/share/図面/HS-210_A1.dxf")[:2], (MAYBE, YES))
report("opened" in c("/srv/share/図面/HS-210_A1.dxf")[2], "... and that is why", c.prevents)
c = Ask(work() + [record(9000, "kato|10.0.0.7|pc7|data|pread_recv|ok|".encode() + f"{SHARE}/人".encode()[:-1])])
same("a path cut in front of what is meant", (c(HR), c.times("path-cut")), ((MAYBE, MAYBE, ["path-cut"]), [("11:30:00", "11:30:00", "all")]))
c = Ask(work() + [record(9000, "kato|10.0.0.7|pc7|data|pread_recv|ok|".encode() + f"{SHARE}/経理部/人".encode()[:-1])])
same("a path cut elsewhere", c(HR), (NO, NO, []))

# --- the rules, one by one ----------------------------------------------------------------

with open(os.path.join(ROOT, "src/investigate/untouched_rules.def"), encoding="utf-8") as f:
    RULES = {r: (hides, when_) for r, hides, when_ in re.findall(r'^RULE\("([a-z-]+)", (\w+), (\w+)\)', f.read(), re.M)}
with open(os.path.join(ROOT, "include/ashiato/reasons.def"), encoding="utf-8") as f:
    KINDS = dict((n, k) for k, n in re.findall(r'ASH_REASON\(\w+, (\w+), "([a-z-]+)"', f.read()))
with open(os.path.join(ROOT, "docs/OUTPUT.md"), encoding="utf-8") as f:
    coverage = f.read().split("### coverage", 1)[1].split("\n### ")[0].split("\n| reason | state", 1)[1]
REASONS = {w for line in coverage.splitlines() if line.startswith("| ") for w in line.split("|")[1].replace(",", " ").split()}
same("every reason of the coverage has a rule", REASONS - {"reason"} - set(RULES), set())
same("every reason of a record has one", {n for n, k in KINDS.items() if k != "FOREIGN"} - set(RULES), set())
with open(os.path.join(ROOT, "docs/UNTOUCHED.md"), encoding="utf-8") as f:
    page = f.read()
tables = {}
for line in page.split("## What hides something", 1)[1].split("## Where", 1)[0].splitlines():
    cells = [c.strip() for c in line.strip("|").split("|")] if line.startswith("| ") else []
    if len(cells) == 3 and cells[0] != "reason":
        for reason in cells[0].split(", "):
            tables.setdefault(reason, []).append((cells[1], cells[2]))
WHEN = {"NEVER": "", "ROW": "as long as", "AROUND": "around it", "BACK": "everything before it", "INPUT": "the input's time",
        "END": "the input's end", "TAIL": "from the input's last record on", "WHOLE": "always"}
wrong = [r for r, (hides, when_) in RULES.items()
         if r not in tables or tables[r][0][0] != hides.lower() or not (when_ == "NEVER" or tables[r][0][1].startswith(WHEN[when_]))]
same("docs/UNTOUCHED.md says the same", wrong, [])

INPUT_REASON = "INSERT INTO reasons VALUES(1, ?, 1, 0, 1, '')"
LOSS = "INSERT INTO losses(input, reason, first, last, count, offset, detail) VALUES(1, ?, ?, ?, 3, 0, 'fs01: File System')"
for reason, (hides, when_) in sorted(RULES.items()):
    kind = KINDS.get(reason)
    if kind in ("SKIPPED", "DOUBTFUL"):
        c = whole.sql((INPUT_REASON, (reason,)))
    elif kind == "LOSS":
        c = whole.sql((LOSS, (reason, ns(3 * HOUR), ns(3 * HOUR))))
    elif when_ in ("TAIL", "WHOLE"):
        c = whole.sql(("UPDATE inputs SET state = ?", (reason,)))
    else:
        continue
    expected = (NO, NO, []) if hides == "NOTHING" else (MAYBE, MAYBE, [reason])
    same(f"rule: {reason} hides {hides.lower()}", c(HR), expected)
    last, end = "14:58:00", "14:58:00"
    times = {"NEVER": [], "INPUT": [("09:01:00", last, "all")], "TAIL": [(last, last, "all")], "WHOLE": [("09:01:00", last, "all")],
             "END": [(last, last, "all")], "AROUND": [("10:58:00", "13:01:00", "all")], "BACK": [("09:01:00", "12:00:00", "all")],
             "ROW": [("12:00:00", last, "all")]}[when_]
    same(f"rule: {reason}: when", c.times(reason), times)
same("a loss at another time", whole.sql((LOSS, ("rate-limit", ns(4 * HOUR), ns(4 * HOUR))))(HR, "--until", when(2 * HOUR)), (NO, NO, []))
off = whole.sql((LOSS, ("audit-off", ns(2 * HOUR), ns(2 * HOUR))), (LOSS, ("audit-on", ns(3 * HOUR), ns(3 * HOUR))))
same("auditing switched off and on", (off(HR), off.times("audit-off")), ((MAYBE, MAYBE, ["audit-off"]), [("11:00:00", "12:00:00", "all")]))
same("... before and behind", (off(HR, "--until", when(HOUR)), off(HR, "--since", when(3.1 * HOUR))), ((NO, NO, []), (NO, NO, [])))
# "pause" and "unknown reasons": through what makes them.
busy = [l for h in range(4) for i in range(700) for l in reads(h * HOUR + i * 3, f"{SHARE}/経理部/{i}", user="ito")]
c = Ask(sorted(busy + work(range(4))))
report("pause" in c(HR)[2] or not [r for r in rows("coverage", c.case) if r["reason"] == "pause"], "pause: as the coverage says", c(HR))
step = Ask(put(at("step.log"), work(range(3)) + [l for l in work([2], folder="営業部")] + work(range(3, 6))))
same("a step of the clock hides nothing, and is told", (step(HR), step.all["servers"][0]["clock_shift_s"] > 600), ((NO, NO, []), True))

# --- inputs and servers ---------------------------------------------------------------------

bad = record(9000, "kato|10.0.0.7|pc7|data|pread_recv|ok|")
c = Ask(work(), work(host="fs02") + [record(9000, "kato|10.0.0.7|pc7|data|", "fs02")], [])
both_servers = {(r["server"], r["read"]) for r in (c(HR) and c.all["paths"])}
skipped = rows("coverage", c.case)
report(any(r["reason"] in ("no-operation", "no-path") for r in skipped), "a record is skipped", skipped)
same("what is wrong with one server's log says nothing about the other's", both_servers, {("fs01", NO), ("fs02", MAYBE)})
same("--server", (c(HR, "--server", "fs01"), c(HR, "--server", "fs02")[0]), ((NO, NO, []), MAYBE))
notice = at("rsyslogd.log")
put(notice, [record(3 * HOUR, "x").replace(b"smbd_audit: x", b"rsyslogd: imuxsock[pid: 57, name: smbd]: 189 messages lost due to rate-limiting (60 allowed within 5 seconds)")])
c = Ask(work(), notice, check=None)
same("a notice in a file without records concerns all servers", (c(HR), c.times("rate-limit")), ((MAYBE, MAYBE, ["rate-limit"]), [("10:58:00", "13:01:00", "all")]))
lines = work() + [l for i in range(9000) for l in reads(i * 2, f"{SHARE}/経理部/{i * 7919 % 9973:x}-{i}.xlsx", user="ito")]
cut = put(at("cut.log.gz"), gzip.compress(b"".join(sorted(lines)))[:-40000])
c = Ask(work(), cut)
same("a damaged input", [i for i in rows("coverage", c.case) if i["reason"] == "damaged"] != [] and c(HR)[0], MAYBE)
report("damaged" in c(HR)[2], "... hides what comes behind its last record", c.prevents)
same("... and nothing before", c(HR, "--until", when(HOUR)), (NO, NO, []))
c = Ask(work(), put(at("notes.txt"), b"call the bank\n" * 50))
same("a file in no known format", (c(HR), c.prevents[0]["input"].endswith("notes.txt")), ((MAYBE, MAYBE, ["unrecognised"]), True))
same("an empty file is none", Ask(work(), put(at("empty.log"), b""))(HR), (NO, NO, []))

# --- never said of a file that was read ---------------------------------------------------------

asked = 0
for capture in sorted(os.listdir(CAPTURES)):
    folder = os.path.join(CAPTURES, capture)
    truth = os.path.join(folder, "truth_read.tsv")
    if not os.path.exists(truth):
        continue
    c = Ask(*[os.path.join(folder, n) for n in os.listdir(folder) if not n.endswith((".txt", ".tsv", ".md"))],
            options=["--year", "2026", "--tz", "Asia/Tokyo"], check=None)
    with open(truth, "rb") as f:
        read = [re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), l.split(b"\t", 1)[-1]) for l in f.read().split(b"\n") if l]
    paths = put(at("paths"), b"".join(b"/srv/share/" + p + b"\n" for p in read if b"\n" not in p))
    got = json.loads(run("untouched", "--case", c.case, "--list", paths, "--json", check=None).stdout)["paths"]
    asked += len(got)
    same(f"{capture}: no file that was really read is called untouched", [r["path"] for r in got if r["read"] == NO], [])
report(asked > 600, "many files were asked about", asked)

for seed in (1, 2):
    made = wincase.make(seed=seed, reboot=seed == 2, hours=2)
    holes = [e for i, e in enumerate(made.events) if i % 900 > 40]
    for name, events in (("whole", made.events), ("with holes", holes), ("without 5145", made.without(5145)), ("without 4663", made.without(4663))):
        log = at(f"windows{seed}{name[-4:]}.evtx")
        winlog.put_evtx(log, events)
        c = Ask(log)
        local = made.server.local
        read = {local(x) for d in made.truth.values() for x in d.read}
        opened = {local(x) for d in made.truth.values() for x in d.opened | d.listed | d.written | d.deleted} | read
        everything = sorted({local(x) for x in made.server.files} | read)
        paths = put(at("paths"), "".join(p + "\n" for p in everything).encode())
        got = json.loads(run("untouched", "--case", c.case, "--list", paths, "--json", check=None).stdout)["paths"]
        false = [r["path"] for r in got if (r["read"] == NO and r["path"] in read) or (r["opened"] == NO and r["path"] in opened)]
        same(f"Windows {seed}, {name}: nothing that was touched is called untouched", false, [])
        if (seed, name) == (1, "whole"):
            clean = {p for p in everything if p not in opened}
            same("Windows: what was not touched is called so", {r["path"] for r in got if r["read"] == r["opened"] == NO}, clean)
            report(len(clean) > 3, "Windows: there is such a thing", len(clean))

# --- lists, formats, mistakes -----------------------------------------------------------------

c = Ask(work() + reads(9000, f"{SHARE}/人事部/a[1].xlsx") + opens(9100, f"{SHARE}/人事部/b.xlsx"))
listed = put(at("list.txt"), f"{SHARE}/人事部/a[1].xlsx\r\n\n{SHARE}/人事部/b.xlsx\n{SHARE}/人事部/c".encode())
p = run("untouched", "--case", c.case, "--list", listed, "--json", check=None)
answers = [(r["path"].rsplit("/", 1)[1], r["read"], r["opened"]) for r in json.loads(p.stdout)["paths"]]
same("a list: each path by itself, nothing is a wildcard", (answers, p.returncode),
     ([("a[1].xlsx", YES, YES), ("b.xlsx", MAYBE, YES), ("c", NO, NO)], 6))
with open(listed, "rb") as f:
    same("a list from a pipe", run("untouched", "--case", c.case, "--list", "-", "--json", check=None, stdin=f).stdout, p.stdout)
many = put(at("many.txt"), "".join(f"{SHARE}/製造部/{i % 100}/{i}.dxf\n" for i in range(20000)).encode())
p = run("untouched", "--case", c.case, "--list", many, "--format", "tsv", check=0, timeout=60)
same("20,000 paths at once", p.stdout.count(b"\tuntouched\tuntouched\t"), 20000)
same("the worst answer is the exit code", [run("untouched", "--case", c.case, *sum((["--path", f"{SHARE}/人事部/{n}"] for n in names), []), check=None).returncode
                                           for names in (["c"], ["c", "b.xlsx"], ["c", "b.xlsx", "a[[]1].xlsx"])], [0, 7, 6])
with open(os.path.join(ROOT, "docs/OUTPUT.md"), encoding="utf-8") as f:
    output = f.read().split("### untouched\n", 1)[1].split("\n### ", 1)[0]
header = run("untouched", "--case", c.case, "--list", listed, "--format", "tsv", check=None).stdout.decode().split("\n", 1)[0].split("\t")
columns = [n.replace("*int*", "").strip(" †") for line in output.split("|---|---|\n", 1)[1].split("\n\n", 1)[0].splitlines() for n in line.split("|")[1].split(",")]
same("columns as in docs/OUTPUT.md", header, columns)
c(f"{SHARE}/人事部")


def keys(value):
    if isinstance(value, dict):
        for k, v in value.items():
            yield k
            yield from keys(v)
    elif isinstance(value, list):
        for v in value:
            yield from keys(v)


same("members of the JSON are in docs/OUTPUT.md", {k for k in keys(gap.all) if f"`{k}`" not in output} | {k for k in keys(c.all) if f"`{k}`" not in output}, set())
for name, code, args, word in (
        ("no path", 2, [], "--path"),
        ("an empty list", 2, ["--list", put(at("nothing.txt"), b"\r\n\n")], "no path"),
        ("no list", 1, ["--list", at("absent")], "absent"),
        ("no such server", 1, ["--path", HR, "--server", "fs99"], "no server"),
        ("no such share", 1, ["--path", HR, "--share", "x"], "no server"),
        ("times the wrong way round", 2, ["--path", HR, "--since", "2026-11-24", "--until", "2026-11-23"], "--since"),
        ("an operand", 2, ["--path", HR, "surplus"], "surplus")):
    p = run("untouched", "--case", c.case, *args, check=None)
    report(p.returncode == code and word in p.stderr.decode() and p.stdout == b"", f"refused: {name}", f"exit {p.returncode}: {p.stderr.decode()}")
text = run("untouched", "--case", gap.case, "--path", HR, check=7).stdout.decode()
report("no proof" in text and "2026-11-23T10:58:00" in text and "silence" in text and "all that the records of this server cover" in text,
       "to people: what prevents the statement, and when", text)
text = run("untouched", "--case", whole.case, "--path", HR).stdout.decode()
report("No, and these records prove it." in text and "misspelt" in text and "NFS" in text, "to people: proved, and what is never", text)

shutil.rmtree(TMP)
finish()
