"""Which findings are about the intruder, and which are false alarms.

A finding is credited to an intrusion when all of this holds:
- it names the client and, if the client is not the intruder's alone, the account, of a row of `intruder`;
- its alarm lies in the intrusion, or at most GRACE after its end;
- something the intruder did lies between the finding's beginning and its alarm.
Alarms before the first footprint, and those about anybody else, earn nothing. Every other finding is a
false alarm, put down to the look-alike it is about: the narrowest row of `look_alikes` that fits."""
import csv
import datetime

GRACE = 24 * 3600  # seconds
LEVELS = ("low", "medium", "high")
# What a phase is part of; a part is measured on its own.
PARTS = {"collect": "slow", "list": "scan", "open": "scan", "take": "scan", "walk": "walk", "encrypt": "encrypt",
         "spray": "spray", "read": "spray"}
NOTE = "README_復元方法.txt"


def seconds(text):
    return datetime.datetime.fromisoformat(text).timestamp()


class Truth:
    """truth.json and truth.tsv of a simulated world, times in seconds."""

    def __init__(self, summary, rows):
        self.summary = summary
        self.scenario = summary["scenario"]
        self.who = [dict(w, **{"from": seconds(w["from"]), "to": seconds(w["to"])}) for w in summary["intruder"]]
        self.alone = summary["style"].get("origin") == "foreign"
        self.rows = sorted((dict(r, time=seconds(r["time"])) for r in rows), key=lambda r: r["time"])
        self.alikes = [dict(a, **{"from": seconds(a["from"]), "to": seconds(a["to"])}) for a in summary["look_alikes"]]
        self.phases = [dict(p, **{"from": seconds(p["from"]), "to": seconds(p["to"])})
                       for p in summary["phases"] if p["from"]]

    def parts(self):
        """[(name, from, until, to)]: until is the end of what counts, to of what was done."""
        found = []
        for p in self.phases:
            name = PARTS[p["name"]]
            if self.scenario == "ransomware":
                name = "encrypt"
            if found and found[-1][0] == name:
                found[-1][3] = p["to"]
            else:
                found.append([name, p["from"], None, p["to"]])
        for i, part in enumerate(found):
            part[2] = found[i + 1][1] if i + 1 < len(found) else part[3] + GRACE
        return [tuple(p) for p in found]


def read_truth(folder, load):
    with open(f"{folder}/truth.tsv", encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
    with open(f"{folder}/truth.json", encoding="utf-8") as f:
        return Truth(load(f), rows)


def names_intruder(finding, truth):
    for w in truth.who:
        if finding["client"] and finding["client"] != w["client"]:
            continue
        if finding["account"] == w["account"] or (truth.alone and finding["client"]):
            return True
    return False


def has_trace(finding, truth, begin, end):
    """Something the intruder did, from begin to end."""
    if any(begin <= r["time"] <= end for r in truth.rows):
        return True
    return any(p["logons_refused"] and p["from"] <= end and begin <= p["to"] for p in truth.phases)


def credited(finding, truth, begin, until):
    at = finding["time"]
    return begin <= at <= until and names_intruder(finding, truth) and \
        has_trace(finding, truth, max(begin, finding["first"]), at)


def about(finding, truth):
    """Whom a false alarm is about: a kind of look-alike, or "other"."""
    best = None
    for a in truth.alikes:
        if a["account"] and a["account"] != finding["account"] or a["client"] and a["client"] != finding["client"]:
            continue
        # The finding and the look-alike have a time in common; a finding may come a little later.
        if finding["first"] > a["to"] + 3600 or finding["time"] < a["from"]:
            continue
        if best is None or a["to"] - a["from"] < best["to"] - best["from"]:
            best = a
    return best["kind"] if best else "other"


def progress(truth, begin, at):
    """What the intruder had done from begin to at: folders listed, files taken or opened, files lost."""
    folders, files, lost = set(), set(), set()
    for r in truth.rows:
        if not begin <= r["time"] <= at:
            continue
        key = (r["server"], r["path"])
        if r["grade"] == "listed":
            folders.add(key)
        elif r["grade"] in ("read", "opened"):
            files.add(key)
        elif r["grade"] in ("written", "renamed", "deleted") and not r["path"].endswith(NOTE):
            lost.add((r["server"], r["path"].removesuffix(".locked")))
    return {"folders": len(folders), "files": len(files), "lost": len(lost)}


def alarm_of(findings, truth, part, level):
    """The first credited alarm of at least a severity; None: there is none."""
    name, begin, until, _ = part
    good = [f for f in findings
            if LEVELS.index(f["severity"]) >= LEVELS.index(level) and credited(f, truth, begin, until)]
    if not good:
        return None
    first = min(good, key=lambda f: f["time"])
    return dict(progress(truth, begin, first["time"]), kind=first["kind"], seconds=first["time"] - begin)


def measure(findings, truth):
    """All a world says: plain data, for a line of the results."""
    # A finding that grows may become serious later than it was first reported.
    findings = [dict(f, time=seconds(f.get("raised") or f["time"]), first=seconds(f["first"])) for f in findings]
    parts = {}
    mine = set()
    for part in truth.parts():
        name, begin, until, to = part
        parts[name] = {"lasted": to - begin, "all": progress(truth, begin, to)}
        for level in ("medium", "high"):
            parts[name][level] = alarm_of(findings, truth, part, level)
        mine |= {i for i, f in enumerate(findings) if credited(f, truth, begin, until)}
    false = [[f["severity"], f["kind"], about(f, truth)] for i, f in enumerate(findings) if i not in mine]
    kinds = [a["kind"] for a in truth.alikes]
    return {"parts": parts, "false": false, "alikes": {k: kinds.count(k) for k in sorted(set(kinds))},
            "style": truth.summary["style"]}
