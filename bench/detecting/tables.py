"""The tables of docs/DETECTION.md, from measured worlds."""
import collections

from .intervals import median_interval, poisson, quantile, wilson

NEVER = float("inf")
DAY = 86400


def in_days(days):
    return lambda a: a["seconds"] <= days * DAY


# scenario, part: what is wanted, of how many of the seeds, when an alarm is in time, what is shown
GOALS = {
    ("fast-scan", "scan"): ("5 s or 50 folders or files", 1.0, lambda a: a["seconds"] <= 5 or a["folders"] + a["files"] <= 50),
    ("slow-then-scan", "scan"): ("5 s or 50 folders or files", 1.0, lambda a: a["seconds"] <= 5 or a["folders"] + a["files"] <= 50),
    ("ransomware", "encrypt"): ("10 files lost", 1.0, lambda a: a["lost"] <= 10),
    ("throttled-scan", "walk"): ("1 day", 1.0, in_days(1)),
    ("slow-then-scan", "slow"): ("14 days", 0.95, in_days(14)),
    ("slow-vpn", "slow"): ("14 days", None, in_days(14)),
    ("insider", "slow"): ("5 days", 0.9, in_days(5)),
    ("spraying", "spray"): ("1 day", None, in_days(1)),
}
HONEST = ("benign", "look-alikes", "troubled")


def percent(hits, n):
    lo, hi = wilson(hits, n)
    return f"{100 * hits / n:.0f} % ({100 * lo:.0f}-{100 * hi:.0f})"


def duration(s):
    if s == NEVER:
        return "never"
    for unit, size in (("d", DAY), ("h", 3600), ("min", 60)):
        if s >= 2 * size:
            return f"{s / size:.1f} {unit}"
    return f"{s:.1f} s"


def number(v):
    return "all" if v == NEVER else f"{v:.0f}"


def spread(values, show):
    """Median, its interval, and what nine of ten stay below."""
    lo, hi = median_interval(values)
    return f"{show(quantile(values, 0.5))} ({show(lo)}-{show(hi)}), {show(quantile(values, 0.9))}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(c) for c in r) + " |" for r in rows]) + "\n"


def group(worlds):
    """{(scenario, part): {(format, config): [part of a world]}}, in the order of GOALS."""
    found = {k: collections.defaultdict(list) for k in GOALS}
    for (scenario, form, config, *_), w in worlds:
        for name, part in w["parts"].items():
            if (scenario, name) in found:
                found[scenario, name][form, config].append(part)
    return found


def detection_row(names, parts, goal):
    wanted, rate, good = goal
    n = len(parts)
    alarms = [p["high"] for p in parts]
    after = [a["seconds"] if a else NEVER for a in alarms]
    lost = names[1] == "encrypt"
    seen = [(a["lost"] if lost else a["folders"] + a["files"]) if a else NEVER for a in alarms]
    timely = sum(bool(a) and good(a) for a in alarms)
    met = "-" if rate is None else "yes" if timely >= rate * n else "no"
    return [*names, n, percent(sum(a is not None for a in alarms), n),
            percent(sum(p["medium"] is not None for p in parts), n), f"{wanted}: {percent(timely, n)}", met,
            spread(after, duration), spread(seen, number)]


def detection(worlds):
    rows = []
    for names, logs in group(worlds).items():
        for where, parts in sorted(logs.items()):
            r = detection_row(names, parts, GOALS[names])
            rows.append(r[:2] + [" ".join(where)] + r[2:])
    return table(("scenario", "part", "logs", "seeds", "detected at high", "at medium or high", "in time", "met",
                  "until the alarm: median (95 %), 90th", "folders and files until then, or files lost"), rows)


def per_thousand(count, exposure):
    lo, hi = poisson(count)
    return f"{count / exposure:.2f} ({lo / exposure:.2f}-{hi / exposure:.2f})"


def false_alarms(worlds):
    rows = []
    cells = collections.defaultdict(list)
    for (scenario, form, config, _, users, days, *_), w in worlds:
        group_name = scenario if scenario in HONEST else "intrusions"
        cells[group_name, form, config].append((int(users) * int(days) / 30000, w["false"]))
    for (name, form, config), found in sorted(cells.items()):
        exposure = sum(e for e, _ in found)
        count = collections.Counter(sev for _, false in found for sev, _, _ in false)
        rows.append([name, f"{form} {config}", len(found), f"{exposure:.1f}", count["high"], per_thousand(count["high"], exposure),
                     per_thousand(count["medium"], exposure), f"{count['low'] / exposure:.1f}"])
    return table(("worlds", "logs", "seeds", "thousand people and 30 days", "high", "high, each (95 %)", "medium, each (95 %)",
                  "low, each"), rows)


def look_alikes(worlds):
    """Which of them raised what."""
    times, raised = collections.Counter(), collections.defaultdict(collections.Counter)
    for _, w in worlds:
        times.update(w["alikes"])
        for sev, kind, what in w["false"]:
            raised[what][sev] += 1
            if sev == "high":
                raised[what, "kinds"][kind] += 1
    rows = []
    for what in sorted(set(times) | {k for k in raised if isinstance(k, str)}):
        kinds = ", ".join(f"{k} {n}" for k, n in raised[what, "kinds"].most_common(5))
        rows.append([what, times[what] or "-", *(raised[what][sev] for sev in ("high", "medium", "low")), kinds])
    return table(("what", "times", "high", "medium", "low", "kinds at high"), rows)


def styles(worlds):
    """Detection by how the intruder works."""
    found = collections.defaultdict(list)
    for (scenario, *_), w in worlds:
        for name, part in w["parts"].items():
            for k in ("origin", "hours", "order", "tool", "method"):
                if (scenario, name) in GOALS and w["style"].get(k):
                    found[scenario, name, k, w["style"][k]].append(part["high"])
    rows = []
    for (scenario, name, k, v), alarms in sorted(found.items()):
        if len({x[3] for x in found if x[:3] == (scenario, name, k)}) < 2:
            continue
        good = GOALS[scenario, name][2]
        rows.append([scenario, name, f"{k} {v}", len(alarms), percent(sum(a is not None for a in alarms), len(alarms)),
                     percent(sum(bool(a) and good(a) for a in alarms), len(alarms))])
    return table(("scenario", "part", "style", "seeds", "detected at high", "in time"), rows)


def first_kinds(worlds):
    """Which detector was first."""
    found = collections.defaultdict(collections.Counter)
    for (scenario, *_), w in worlds:
        for name, part in w["parts"].items():
            found[scenario, name][part["high"]["kind"] if part["high"] else "none"] += 1
    return table(("scenario", "part", "first alarm at high"),
                 [[*k, ", ".join(f"{kind} {n}" for kind, n in c.most_common())] for k, c in sorted(found.items())])


def details(worlds):
    """Lines to look at when something is not as wanted; the world can be simulated again from each."""
    for (scenario, form, config, seed, users, days, files, actions), w in worlds:
        world = f"{scenario} --format {form} --config {config} --seed {seed} --users {users} --days {days} --files {files} --actions {actions}"
        style = " ".join(f"{k}={v}" for k, v in w["style"].items() if v is not None)
        for name, part in w["parts"].items():
            alarm = part["high"]
            if (scenario, name) not in GOALS or alarm and GOALS[scenario, name][2](alarm):
                continue
            what = "late" if alarm else "missed"
            yield f"{what} {name}: {world}\n    {style}\n    all {part['all']}\n    high {alarm}\n    medium {part['medium']}"
        for sev, kind, about in w["false"]:
            if sev == "high":
                yield f"false {kind} about {about}: {world}"


def text(worlds, title):
    return "\n".join((f"#### {title}\n", "Detection\n", detection(worlds), "By style\n", styles(worlds), "First alarm\n",
                      first_kinds(worlds), "False alarms\n", false_alarms(worlds), "What they were about\n", look_alikes(worlds)))
