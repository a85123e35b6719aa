"""Simulated intrusions against their truth: what a track says was the intruder's.

Where no detector raises the case, an analyst's first word does: the account and client
of the alarm, and the day of it (the last one of the intrusion)."""
import collections
import csv
import json
import os
import shutil
import tempfile
from datetime import datetime

from lib import rows, run

Measured = collections.namedtuple(
    "Measured", "seed_by footprint_days recall precision files wrong missed possible tracks")


class World:
    """A simulated company in a case; the logs are removed when they are read."""

    def __init__(self, scenario, seed, form="samba", config="lean", users=40, days=60, servers=1, files=None):
        self.dir = tempfile.mkdtemp(prefix="ashiato-test-")
        self.out, self.case = os.path.join(self.dir, "out"), os.path.join(self.dir, "case")
        run("simulate", scenario, "--users", str(users), "--days", str(days), "--servers", str(servers),
            "--seed", str(seed), "--format", form, "--config", config, "--out", self.out,
            *(["--files", str(files)] if files else []))
        folders = sorted(os.path.join(self.out, n) for n in os.listdir(self.out) if n.startswith("fs"))
        run("investigate", *folders, "--case", self.case, "--quiet", timeout=900)
        for folder in folders:
            shutil.rmtree(folder)
        with open(os.path.join(self.out, "truth.json"), encoding="utf-8") as f:
            self.summary = json.load(f)
        with open(os.path.join(self.out, "truth.tsv"), encoding="utf-8", newline="") as f:
            self.truth = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir)

    def tracks(self):
        return rows("tracks", self.case)

    def report(self):
        with open(os.path.join(self.case, "report.json"), encoding="utf-8") as f:
            return json.load(f)

    def alarm(self):
        """The analyst's first word."""
        last = self.summary["intruder"][-1]
        day = last["to"][:10]
        run("tracks", "add", "--grow", "--case", self.case, "--account", last["account"], "--client",
            last["client"], "--since", f"{day}T00:00:00+09:00", "--until", f"{day}T23:59:59+09:00", "--why",
            "the alarm")
        run("report", "--case", self.case)

    def measure(self):
        """Precision and recall of files read or opened, confirmed and probable."""
        seed_by = "finding" if self.tracks() else "analyst"
        if seed_by == "analyst":
            self.alarm()
        want = {(r["server"], r["path"]) for r in self.truth if r["grade"] in ("read", "opened")}
        scope = [r for r in rows("scope", self.case) if r["grade"] in ("read", "opened")]
        got = {(r["server"], r["path"]) for r in scope if r["standing"] in ("confirmed", "probable")}
        possible = {(r["server"], r["path"]) for r in scope} - got
        first = self.report()["first_footprint"]
        error = None
        if first is not None:
            at, true = (datetime.fromisoformat(t) for t in (first["time"], self.summary["first_footprint"]))
            error = (at - true).total_seconds() / 86400
        return Measured(seed_by, error, len(got & want) / max(1, len(want)), len(got & want) / max(1, len(got)),
                        len(want), sorted(got - want), sorted(want - got), possible, len({t["track"] for t in self.tracks()}))
