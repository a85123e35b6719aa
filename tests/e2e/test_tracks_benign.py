#!/usr/bin/env python3
"""Tracks where nobody does wrong, and where the intruder's part is plain."""
from lib import finish, report, same
from tracks_truth import World

SMALL = {"users": 12, "days": 25, "files": 1000}

for form in ("samba", "windows-json"):
    with World("benign", 2, form, **SMALL) as w:
        same(f"benign, {form}: no track", w.tracks(), [])
for seed in (1, 2):
    # A month and a half of records: a habit is known, and every errand is run.
    with World("look-alikes", seed, users=20, days=45, files=1500) as w:
        same(f"look-alikes {seed}: no track", w.tracks(), [])
with World("troubled", 1, **SMALL) as w:
    same("troubled: no track", w.tracks(), [])
for scenario, form in (("ransomware", "samba"), ("slow-then-scan", "windows-json")):
    with World(scenario, 2, form, **SMALL) as w:
        m = w.measure()
        report(m.footprint_days is not None and abs(m.footprint_days) <= 1, f"{scenario}, {form}: first footprint",
               m.footprint_days)
        report(m.recall == 1, f"{scenario}, {form}: recall", (m.recall, m.missed[:5]))
        report(m.precision >= 0.98, f"{scenario}, {form}: precision", (m.precision, m.wrong[:5]))
finish()
