#!/usr/bin/env python3
"""The ledger: every change of a case is found and placed, proofs hold in a second
program, keys are kept with care.

LEDGER_FLIPS=10000 tries as many bits instead of a few hundred."""
import glob
import json
import os
import random
import shutil
import sqlite3
import subprocess
import tempfile

import ledger_check
from lib import ASHIATO, KEYS, finish, report, run, same
from logs import put, reads

TMP = tempfile.mkdtemp(prefix="ashiato-ledger-")


def at(name):
    return os.path.join(TMP, name)


def verify(case, *args):
    """(exit code, result)"""
    p = run("verify", "--case", case, "--json", *args, check=None)
    return p.returncode, json.loads(p.stdout) if p.stdout else p.stderr.decode()


def brief(result):
    """What was found, for comparing: kind and file, in order."""
    return [(d["kind"], d["file"]) for d in result["damages"]], [d["kind"] for d in result["not_covered"]]


def listing(case):
    out = {}
    for folder, _, names in os.walk(case):
        for n in names:
            path = os.path.join(folder, n)
            with open(path, "rb") as f:
                out[os.path.relpath(path, case)] = f.read()
    return out


# Three runs, several segments, a kept copy, a file of more than one block.
LOGS = [put(at(f"{i}.log"), reads(i * 9000, 9000, user=f"u{i}", step=0.5)) for i in range(2)]
CASE = at("case")
for log in LOGS:
    run("investigate", log, "--case", CASE, "--quiet")
with open(put(at("pipe.log"), reads(90000, 300, user="late")), "rb") as f:
    run("investigate", "-", "--case", CASE, "--quiet", stdin=f)
WHOLE = listing(CASE)
code, got = verify(CASE)
same("a sealed case is intact", (code, got["verdict"], brief(got)), (0, "intact", ([], [])))
same("verifying leaves no trace", listing(CASE), WHOLE)
same("all runs are in the ledger", (got["runs"], got["unfinished_runs"], got["voids"]), (3, 0, 0))
same("inputs are read again; the pipe is gone", (got["inputs"], got["inputs_read"], got["inputs_absent"]),
     (3, 2, 1))
report(max(len(b) for b in WHOLE.values()) > 4 * 65536, "there is a file of several blocks")
same("a second program agrees", ledger_check.check_case(CASE), [])
with open(os.path.join(CASE, "ledger/entries.jsonl"), encoding="utf-8") as f:
    ENTRIES = [json.loads(line) for line in f]
same("who ran what", [e["command"][:2] for e in ENTRIES if e["type"] == "run"],
     [["investigate", LOGS[0]], ["investigate", LOGS[1]], ["investigate", "-"]])

# --- one bit ------------------------------------------------------------------

chance = random.Random(int(os.environ.get("ASHIATO_SEED", "7")))
files = sorted(n for n, b in WHOLE.items() if b)
wrong = []
FLIPS = int(os.environ.get("LEDGER_FLIPS", "200"))
# The ends of lines first, which few random flips meet.
spots = [(n, i, 3) for n in ("ledger/entries.jsonl", "ledger/heads.jsonl") for i, x in enumerate(WHOLE[n]) if x == 10]
for i in range(FLIPS):
    name = files[i % len(files)] if i < 4 * len(files) else chance.choice(files)
    spots.append((name, chance.randrange(len(WHOLE[name])), chance.randrange(8)))
for name, place, bit in spots:
    path = os.path.join(CASE, name)
    with open(path, "r+b") as f:
        f.seek(place)
        f.write(bytes([WHOLE[name][place] ^ 1 << bit]))
    code, got = verify(CASE, "--no-inputs")
    hits = [d for d in got["damages"] if d["file"] == name and d["offset"] is not None
            and d["offset"] <= place < d["offset"] + d["bytes"] and d["bytes"] <= 262144]
    if code != 4 or not hits:
        wrong.append(f"{name} at {place} bit {bit}: exit {code}, {json.dumps(got['damages'])[:300]}")
    with open(path, "r+b") as f:
        f.seek(place)
        f.write(WHOLE[name][place:place + 1])
report(not wrong, f"{FLIPS} flipped bits are found, with file and place", "\n".join(wrong[:5]))
same("put right, it is intact again", verify(CASE)[0], 0)

# --- what somebody might do ------------------------------------------------------


def tampered(name, change, code, expected=None, *args):
    case = at("copy")
    shutil.copytree(CASE, case)
    change(case)
    rc, got = verify(case, "--no-inputs", *args)
    report(rc == code and (expected is None or expected in [(d["kind"], d["file"]) for d in got["damages"]]),
           name, (rc, json.dumps(got)[-1500:]))
    shutil.rmtree(case)


def unlink(*names):
    return lambda case: [os.unlink(os.path.join(case, n)) for n in names]


def swap(a, b):
    def change(case):
        x, y, t = os.path.join(case, a), os.path.join(case, b), os.path.join(case, "t")
        os.rename(x, t), os.rename(y, x), os.rename(t, y)
    return change


def lines(name, edit):
    def change(case):
        path = os.path.join(case, name)
        with open(path, "rb") as f:
            old = f.read().splitlines(True)
        with open(path, "wb") as f:
            f.write(b"".join(edit(old)))
    return change


def sql(*statements):
    def change(case):
        db = sqlite3.connect(os.path.join(case, "case.sqlite"))
        for s in statements:
            db.execute(s)
        db.commit()
        db.close()
    return change


SEGMENT = "store/volume-0001/accesses-000001.parquet"
OTHER = "store/volume-0002/accesses-000002.parquet"
KEPT = [n for n in files if n.startswith("inputs/")][0]
STATE = [n for n in files if n.startswith("state-")][0]
tampered("a segment removed", unlink(SEGMENT), 4, ("missing", SEGMENT))
tampered("a segment cut", lambda c: os.truncate(os.path.join(c, SEGMENT), 1000), 4, ("truncated", SEGMENT))
tampered("a segment longer", lambda c: put(os.path.join(c, SEGMENT), WHOLE[SEGMENT] + b"x"), 4, ("added", SEGMENT))
tampered("segments reordered", swap(SEGMENT, OTHER), 4, ("moved", SEGMENT))
tampered("a segment replaced by another", lambda c: shutil.copy(os.path.join(c, OTHER), os.path.join(c, SEGMENT)),
         4, ("moved", SEGMENT))
tampered("a segment renamed", lambda c: os.rename(os.path.join(c, SEGMENT), os.path.join(c, SEGMENT + "x")), 4,
         ("moved", SEGMENT + "x"))
tampered("a segment that was never sealed", lambda c: put(os.path.join(c, "store/volume-0001/accesses-000009.parquet"),
                                                         b"PAR1"), 4,
         ("added", "store/volume-0001/accesses-000009.parquet"))
tampered("a segment no longer named", sql("DELETE FROM segments WHERE number = 1"), 4, ("removed", "case.sqlite"))
tampered("a segment named that was never sealed", sql("INSERT INTO segments(number) VALUES(77)"), 4,
         ("unsealed", "case.sqlite"))
tampered("a finding removed", sql("DELETE FROM findings", "UPDATE inputs SET name = 'x'"), 4, ("changed", "case.sqlite"))
tampered("the evidence index changed", sql("UPDATE evidence SET data = zeroblob(length(data))"), 4,
         ("changed", "case.sqlite"))
tampered("a kept copy removed", unlink(KEPT), 4, ("missing", KEPT))
tampered("the state removed", unlink(STATE), 4, ("missing", STATE))
tampered("the report rewritten", lambda c: put(os.path.join(c, "report.json"), b"{}"), 4, ("truncated", "report.json"))
tampered("changes left in SQLite's log", lambda c: put(os.path.join(c, "case.sqlite-wal"), b"x" * 100), 4,
         ("added", "case.sqlite-wal"))
tampered("the ledger removed", lambda c: shutil.rmtree(os.path.join(c, "ledger")), 4, ("missing", "ledger"))
HEADS = "ledger/heads.jsonl"
LEDGER = "ledger/entries.jsonl"
tampered("no heads", unlink(HEADS), 4, ("missing", HEADS))
tampered("no entries", unlink(LEDGER), 4, ("missing", LEDGER))
tampered("no tree", unlink("ledger/tree.bin"), 4, ("missing", "ledger/tree.bin"))
tampered("a head removed in the middle", lines(HEADS, lambda l: l[:2] + l[3:]), 4, ("removed", HEADS))
tampered("two heads swapped", lines(HEADS, lambda l: [l[1], l[0]] + l[2:]), 4, ("order", HEADS))
tampered("an entry removed", lines(LEDGER, lambda l: l[:4] + l[5:]), 4, ("truncated", LEDGER))
tampered("two entries swapped", lines(LEDGER, lambda l: l[:3] + [l[4], l[3]] + l[5:]), 4, ("entry", LEDGER))
tampered("the last head removed", lines(HEADS, lambda l: l[:-1]), 5)
tampered("another person's file in the case", lambda c: put(os.path.join(c, "notes.txt"), b"mine"), 0)

# An older ledger beside a newer case, and the other way round.
old = at("old")
shutil.copytree(CASE, old)
run("investigate", put(at("more.log"), reads(95000, 100, user="more")), "--case", CASE, "--quiet")
same("a fourth run: intact", verify(CASE)[0], 0)


def take(name):
    def change(case):
        path = os.path.join(case, name)
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
        source = os.path.join(old, name)
        shutil.copytree(source, path) if os.path.isdir(source) else shutil.copy(source, path)
    return change


tampered("the ledger rolled back", take("ledger"), 4, ("rolled-back", LEDGER))
tampered("case.sqlite rolled back", take("case.sqlite"), 4, ("changed", "case.sqlite"))
HEAD = put(at("head.txt"), run("ledger", "head", "--case", CASE).stdout)
OLD_HEAD = put(at("old-head.txt"), run("ledger", "head", "--case", old).stdout)
code, got = verify(old, "--head", HEAD)
same("all of it rolled back: a head kept elsewhere tells", (code, brief(got)), (4, ([("rolled-back", HEADS)], [])))
same("an older head kept elsewhere is in the ledger", verify(CASE, "--head", OLD_HEAD)[0], 0)

# A case made anew by somebody with a key of his own.
forged = at("forged")
run("investigate", LOGS[0], "--case", forged, "--quiet", env={"ASHIATO_KEY": at("forger/forger.key")})
PUBLIC = put(at("office.pub"), run("ledger", "key").stdout)
same("another's case stands on its own", verify(forged)[0], 0)
code, got = verify(forged, "--public-key", PUBLIC)
same("but not with the office's key", (code, brief(got)[0]), (4, [("key", HEADS)]))
same("one's own case with the office's key", verify(CASE, "--public-key", PUBLIC)[0], 0)
tampered("another's ledger", lambda c: (shutil.rmtree(os.path.join(c, "ledger")),
                                        shutil.copytree(os.path.join(forged, "ledger"), os.path.join(c, "ledger"))), 4)

# --- the next run does not go on over damage ------------------------------------------

for name, change in (("the ledger rolled back", take("ledger")), ("an entry changed", lines(
        LEDGER, lambda l: l[:3] + [l[3].replace(b"1", b"2", 1)] + l[4:])),
        ("the ledger removed", lambda c: shutil.rmtree(os.path.join(c, "ledger"))),
        ("case.sqlite gone", unlink("case.sqlite"))):
    case = at("copy")
    shutil.copytree(CASE, case)
    change(case)
    p = run("investigate", LOGS[0], "--case", case, "--quiet", check=None)
    refused = p.returncode == 4 and b"ashiato verify" in p.stderr or name == "an entry changed"
    report(refused and verify(case, "--no-inputs")[0] == 4, f"{name}: the next run hides nothing",
           (p.returncode, p.stderr))
    shutil.rmtree(case)

# --- inputs -----------------------------------------------------------------------------

with open(LOGS[0], "rb") as f:
    log = f.read()
for name, bytes_, expected in (("grown", log + b"more\n", (0, [])), ("changed", log.replace(b"u0", b"u1"),
                               (4, [("input-changed", LOGS[0])])), ("rotated away", b"another log\n", (0, []))):
    put(LOGS[0], bytes_)
    code, got = verify(CASE)
    same(f"an input that has {name}", (code, brief(got)[0]), expected)
put(LOGS[0], log)

# --- proofs -----------------------------------------------------------------------------

KEY = run("ledger", "key").stdout.decode().split()[1]
many = at("many")  # a ledger of some length
for i in range(40):
    run("report", "--case", many if i else CASE) if i else shutil.copytree(CASE, many)
size = json.loads(run("ledger", "head", "--case", many, "--json").stdout)["head"]["size"]
wrong = []
PROOFS = int(os.environ.get("LEDGER_PROOFS", "1000"))
asked = [("--entry", str(chance.randrange(size))) for _ in range(PROOFS // 2)]
asked += [("--from", str(1 + chance.randrange(size))) for _ in range(PROOFS - len(asked))]
proofs = run("ledger", "prove", "--case", many, *[x for pair in asked for x in pair]).stdout.splitlines()
same("as many proofs as were asked for", len(proofs), PROOFS)
for (kind, n), proof in zip(asked, map(json.loads, proofs)):
    if not ledger_check.proof_holds(proof, KEY) or n != str(proof["entry" if kind == "--entry" else "from"]):
        wrong.append(f"{kind} {n}")
    broken = json.loads(json.dumps(proof))
    if broken["kind"] == "inclusion":
        broken["text"] = broken["text"].replace("2", "3", 1)
    else:
        broken["from_root"] = hex(int(broken["from_root"], 16) ^ 1 << chance.randrange(250))[2:].zfill(64)
    if ledger_check.proof_holds(broken, KEY):
        wrong.append(f"{kind} {n}: a broken one holds")
report(size > 80 and not wrong, f"{PROOFS} proofs of a ledger of {size} entries hold in a second program", wrong[:5])
for text in (run("ledger", "prove", "--case", many, "--name", LOGS[1]).stdout,
             run("ledger", "prove", "--case", many, "--name", SEGMENT).stdout,
             run("ledger", "prove", "--case", many, "--from", "5").stdout,
             run("ledger", "head", "--case", CASE, "--json").stdout, run("ledger", "head", "--case", CASE).stdout):
    path = put(at("proof"), text)
    same("a proof is checked against the case", run("ledger", "check", path, "--case", many, check=None).returncode, 0)
    same("a proof is checked by key alone", run("ledger", "check", path, "--public-key", KEY, check=None).returncode, 0)
    bad = put(at("bad"), text.replace(b"5", b"6", 1) if b"5" in text else text + b"x")
    same("a changed one is not accepted", run("ledger", "check", bad, "--case", many, check=None).returncode in (1, 4), True)
same("a head that is newer than the ledger", run("ledger", "check", HEAD, "--case", old, check=None).returncode, 4)
request = at("head.tsq")
note = run("ledger", "head", "--case", CASE, "--tsq", request).stdout
p = subprocess.run(["openssl", "ts", "-query", "-in", request, "-text"], capture_output=True, text=True, check=False)
digest = bytes(int(x, 16) for line in p.stdout.splitlines() if line.startswith("    00")
               for x in line.split(" - ")[1].split("   ")[0].replace("-", " ").split())
same("a time-stamp request of the head", (p.returncode, digest), (0, ledger_check.sha256(note)))

# --- keys ----------------------------------------------------------------------------------

same("a key file is for its owner alone",
     (os.stat(os.environ["ASHIATO_KEY"]).st_mode & 0o777, KEYS in os.environ["ASHIATO_KEY"]), (0o600, True))
home = at("home")
os.mkdir(home, 0o700)
env = {"XDG_CONFIG_HOME": home, "ASHIATO_KEY": ""}
one = at("one")
run("investigate", LOGS[0], "--case", one, "--quiet", env=env)
key = os.path.join(home, "ashiato/keys/ledger.key")
same("made at first use, in the folder for settings", [oct(os.stat(p).st_mode & 0o777) for p in (key, os.path.dirname(key))],
     ["0o600", "0o700"])
same("not in the case", [n for n, b in listing(one).items() if open(key, "rb").read().split()[5] in b], [])


def refused(name, word, **more):
    p = run("report", "--case", one, env=dict(env, **more), check=None)
    report(p.returncode == 1 and word in p.stderr, f"{name}: said, and nothing is written", (p.returncode, p.stderr))
    same(f"{name}: the case is intact", verify(one)[0], 0)


os.chmod(key, 0o644)
refused("a key others can read", b"0644")
os.chmod(key, 0o600)
os.chmod(os.path.dirname(key), 0o777)
refused("a folder others can write to", b"0777")
os.chmod(os.path.dirname(key), 0o700)
refused("another key", b"--key", ASHIATO_KEY=os.environ["ASHIATO_KEY"])
refused("no key", b"--key", ASHIATO_KEY=at("nowhere/key"))
# A new key; the case goes over to it, signed by the old one.
first = run("ledger", "key", env=env).stdout
second = run("ledger", "key", "--new", env=env).stdout
run("report", "--case", one, env=env)
same("a new key", (first != second, verify(one)[0], ledger_check.check_case(one)), (True, 0, []))
for name, pub in (("old", first), ("new", second)):
    same(f"both keys verify: the {name} one", verify(one, "--public-key", put(at("pub"), pub))[0], 0)
proof = put(at("proof"), run("ledger", "prove", "--case", one, "--entry", "0", env=env).stdout)
same("a key changed without the old one's signature", lines(LEDGER, lambda l: l) and [
    e["type"] for e in map(json.loads, open(os.path.join(one, LEDGER), encoding="utf-8")) if "previous" in e], ["key"])
# A passphrase.
secret = dict(env, ASHIATO_PASSPHRASE="correct horse")
run("ledger", "key", "--passphrase", env=secret)
with open(key, "rb") as f:
    report(b"sealed" in f.read(), "a key with a passphrase is sealed")
refused("no passphrase", b"passphrase")
refused("a wrong passphrase", b"passphrase is wrong", ASHIATO_PASSPHRASE="battery")
run("report", "--case", one, env=secret)
same("with its passphrase", (verify(one)[0], run("ledger", "key", env=secret).stdout), (0, second))
# No place for a key.
p = run("investigate", LOGS[0], "--case", at("none"), "--quiet", env={"ASHIATO_KEY": "/proc/none/key"}, check=None)
report(p.returncode == 1 and b"--no-seal" in p.stderr, "no key can be made: said, and what to do", p.stderr)
run("investigate", LOGS[0], "--case", at("none"), "--quiet", "--no-seal", env={"ASHIATO_KEY": "/proc/none/key"})
code, got = verify(at("none"))
same("a case without seals is incomplete", (code, got["verdict"], brief(got)), (5, "incomplete", ([], ["unsealed"])))
run("investigate", LOGS[1], "--case", at("none"), "--quiet")
same("sealed late: intact from then on", (verify(at("none"))[0], ledger_check.check_case(at("none"))), (0, []))
p = run("report", "--case", CASE, "--no-seal", check=None)
report(p.returncode == 2, "a sealed case is not written without seals", p.stderr)

# Somebody reads while a run ends: SQLite's log cannot be emptied.
reader = sqlite3.connect(os.path.join(CASE, "case.sqlite"))
reader.execute("BEGIN")
reader.execute("SELECT count(*) FROM inputs").fetchall()
run("report", "--case", CASE)
same("sealed while somebody reads: intact", brief(verify(CASE)[1]), ([], []))
reader.close()
run("report", "--case", CASE)
same("and after the next run", brief(verify(CASE)[1]), ([], []))

shutil.rmtree(TMP)
finish()
