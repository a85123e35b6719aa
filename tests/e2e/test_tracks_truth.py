#!/usr/bin/env python3
"""Tracks of simulated intrusions against what the intruder really did."""
from lib import finish, report, rows, run, same
from tracks_truth import World


SMALL = {"users": 12, "days": 40, "files": 1000}


def intrusion(scenario, seed, form, config, recall, precision, **size):
    """Returns the world for further questions."""
    name = f"{scenario} {seed}, {form}, {config}"
    w = World(scenario, seed, form, config, **(size or SMALL))
    m = w.measure()
    report(m.footprint_days is not None and abs(m.footprint_days) <= 1, f"{name}: first footprint within a day",
           m.footprint_days)
    report(m.recall >= recall, f"{name}: recall", (m.recall, m.missed[:5]))
    report(m.precision >= precision, f"{name}: precision", (m.precision, m.wrong[:5]))
    return w


def owner_and_intruder():
    """At the owner's own PC: each access by itself, with reasons, and all figures agree."""
    with intrusion("throttled-scan", 4, "samba", "lean", 0.98, 0.99) as w:
        parts = w.tracks()
        client = w.summary["intruder"][0]["client"]
        report("yes" in {p["scored"] for p in parts if p["client"] == client}, "the owner's PC is judged", parts)
        files = [r for r in rows("scope", w.case) if r["grade"] in ("read", "opened")]
        same("every file has a standing", {r["standing"] for r in files} - {"confirmed", "probable", "possible"}, set())
        report(all(r["why"] for r in files), "every file has reasons")
        report(any("walk" in r["why"].split() for r in files), "a walk is seen as one")
        for word in ("confirmed", "probable", "possible"):
            n = sum(r["standing"] == word for r in files)
            same(f"tracks counts {word}", parts[0][f"track_{word}"], n)
            same(f"report counts {word}", w.report()["counts"]["scope"][word], n)
        others = {r["id"] for r in rows("scope", w.case, "--all") if r["track"] is None}
        report(len(others) > 100, "the owner's own accesses are in no track", len(others))
        first = w.report()["first_footprint"]
        report(first["not_before"] <= first["time"] <= first["not_after"], "the interval holds the time", first)
        report(first["reasons"] and first["dwell"]["at_least_s"] <= first["dwell"]["seconds"] <=
               first["dwell"]["at_most_s"], "reasons and dwell time", first)
        same("tracks and report agree", (parts[0]["first_footprint"], parts[0]["not_before"], parts[0]["not_after"]),
             (first["time"], first["not_before"], first["not_after"]))


def two_machines():
    """The slow and the loud operator of one stolen account, from two machines."""
    for seed in range(1, 9):
        w = World("slow-then-scan", seed, **SMALL)
        if len({i["client"] for i in w.summary["intruder"]}) == 2:
            break
        w.__exit__()
    with w:
        m = w.measure()
        parts = w.tracks()
        same("both machines are in one track", ({p["client"] for p in parts if p["scored"] == "no"},
                                                len({p["track"] for p in parts})),
             ({i["client"] for i in w.summary["intruder"]}, 1))
        report(m.recall == 1 and m.precision >= 0.99, "two machines: recall and precision", m[:4])
        report(abs(m.footprint_days) <= 1, "two machines: the slow one is the first", m.footprint_days)


def grow_from_either():
    """From an analyst's word about the loud machine alone, without findings, the slow one is found."""
    with World("slow-then-scan", 3, **SMALL) as w:
        run("tracks", "reject", *{t["track"] for t in w.tracks()}, "--case", w.case, "--why", "to begin anew") \
            if w.tracks() else None
        last, first = w.summary["intruder"][-1], w.summary["intruder"][0]
        day = last["to"][:10]
        run("tracks", "add", "--grow", "--case", w.case, "--account", last["account"], "--client", last["client"],
            "--since", day, "--until", day)
        clients = {p["client"] for p in w.tracks() if p["status"] == "accepted"}
        report(first["client"] in clients, "the first machine is found from the last", clients)
        decided = rows("tracks", w.case)
        report(all(p["standing"] for p in decided), "every part has a standing")
        whole = rows("scope", w.case)
        for word in ("confirmed", "probable", "possible"):
            same(f"scope --standing {word}", sorted(r["path"] for r in rows("scope", w.case, "--standing", word)),
                 sorted(r["path"] for r in whole if r["standing"] == word))
        bad = run("scope", "--case", w.case, "--standing", "certain", check=None)
        report(bad.returncode == 2 and b"not a standing" in bad.stderr, "scope: a standing that does not exist", bad.stderr)
        same("scope --standing, two of them", len(rows("scope", w.case, "--standing", "confirmed", "--standing", "probable")),
             sum(r["standing"] in ("confirmed", "probable") for r in whole))
        log = run("tracks", "log", "--case", w.case, "--format", "tsv").stdout.decode()
        report("--grow" in log, "the decision says that it grew", log[-300:])


def usage():
    same("--grow alone", run("tracks", "--grow", check=None).returncode, 2)
    same("--grow with split", run("tracks", "split", "T1", "--grow", "--account", "x", check=None).returncode, 2)


owner_and_intruder()
two_machines()
grow_from_either()
usage()
finish()
