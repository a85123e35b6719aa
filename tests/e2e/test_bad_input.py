#!/usr/bin/env python3
"""Inputs that are damaged, hostile or mixed up: what was readable before and
after the damage is in the case, the rest is counted, nothing takes the run down."""
import bz2
import gzip
import json
import lzma
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import tempfile

from lib import ASHIATO, CAPTURES, Case, exact, finish, report, rows, run, same
from logs import (BASE, SANITIZED, SHARE, bounded, file_name, measured, names, plain, put,
                  read_lines, reads, record)

TMP = tempfile.mkdtemp(prefix="ashiato-test-")


def at(name):
    return os.path.join(TMP, name)


def read_paths(rows, **match):
    return {exact(r) for r in rows
            if r["grade"] == "read" and all(r[k] == v for k, v in match.items())}


def reasons(c, number=0):
    return {r["reason"]: r for r in c.report()["inputs"][number]["reasons"]}


def opened(name, expected, *inputs, options=(), check=0):
    """A case of these inputs in which exactly the expected files were read."""
    c = Case(*inputs, options=options, check=check)
    same(f"{name}: files read", read_paths(c.scope()), expected)
    return c


# --- cut off -------------------------------------------------------------

# A file cut at every byte of its last record: each is another account's, so
# that all of them can be read in one run.
folder = at("cuts")
os.mkdir(folder)
last = read_lines(f"{SHARE}/役員室/議事録.docx", 9)[-1]
cuts = range(1, len(last), 1)
for k in cuts:
    user = f"u{k:03}"
    third = read_lines(f"{SHARE}/役員室/議事録.docx", 9, user=user)
    put(os.path.join(folder, f"{k:03}.log"), reads(0, 2, user=user) + third[:-1] + [third[-1][:k]])
with Case(folder) as c:
    got = rows("query", c.case, "SELECT account, path FROM accesses WHERE grade = 'read'")
    same("cut in the last record: everything before it is there",
         {(r["account"], exact(r)) for r in got} >= {(f"u{k:03}", n) for k in cuts for n in names(0, 2)}, True)
    inputs = c.report()["inputs"]
    same("cut in the last record: every file was read",
         {(i["state"], i["lines"]) for i in inputs}, {("complete", 9)})
    told = [i["name"] for i in inputs
            if ("unended", 9) not in {(r["reason"], r["line"]) for r in i["reasons"]}]
    same("cut in the last record: each file says so", told, [])
    got = rows("query", c.case, "SELECT account, path, remarks FROM accesses WHERE grade = 'read'")
    shortened = [r for r in got if exact(r) not in set(names(0, 2)) and f"{SHARE}/役員室/議事録.docx" != r["path"]]
    report(len(shortened) > 0, "cut in the last record: some paths are cut short", got[:3])
    same("cut in the last record: such a path is marked", [r for r in shortened if "path-cut" not in r["remarks"]], [])

# Cut in the middle of a character, with a record behind it.
line = read_lines(f"{SHARE}/役員", 5)
broken = [l[:-2] + b"\n" for l in line]
with opened("path cut inside a character", names(0, 3) | {f"{SHARE}/役員".encode()[:-1]},
            put(at("cutpath.log"), reads(0, 2) + broken + reads(2, 1))) as c:
    row = reasons(c).get("cut", {})
    same("path cut inside a character: counted", row.get("count"), 3)
    same("path cut inside a character: the first is named by line", row.get("line"), 7)
    row = next((r for r in c.scope() if r["path"] != exact(r).decode(errors="replace")
                or "path_base64" in r), None)
    report(row is not None, "path cut inside a character: the exact bytes stand beside the text")

# --- NUL bytes -----------------------------------------------------------

base = reads(0, 4)
for name, content in {
        "one NUL at the start": [b"\0"] + base,
        "NULs at the start": [b"\0" * 5000] + base,
        "NULs at the end": base + [b"\0" * 5000],
        "NULs and a newline between records": base[:6] + [b"\0" * 4096 + b"\n"] + base[6:],
        "a NUL glued to a record": base[:6] + [b"\0"] + base[6:],
        "3 MB of NULs glued to a record": base[:6] + [b"\0" * 3_000_000] + base[6:]}.items():
    with opened(name, names(0, 4), put(at("nul.log"), content)) as c:
        noted = reasons(c)
        same(f"{name}: counted", sum(noted[r]["count"] for r in ("nul-bytes", "too-long")
                                     if r in noted) > 0, True)
with opened("a NUL inside a path", names(0, 4) | {b"/srv/share/a\0b"},
            put(at("nul.log"), base[:6] + read_lines(b"/srv/share/a\0b", 7) + base[6:])) as c:
    same("a NUL inside a path: counted", reasons(c)["nul-inside"]["count"], 3)

# --- long lines ----------------------------------------------------------

for name, junk, count in (("a line of 10 MB", b"x" * 10_000_000 + b"\n", 1),
                          ("a record of 10 MB", record(3, b"kato|10.0.0.7|pc7|data|pread_recv|ok|/srv/"
                                                       + b"x" * 10_000_000), 1),
                          ("a line of 300 KB", b"y" * 300_000 + b"\n", 1)):
    where = put(at("long.log"), base[:6] + [junk] + base[6:])
    d = at("longcase")
    m = measured("investigate", where, "--case", d, "--quiet")
    same(f"{name}: exit code", m.returncode, 0)
    bounded(name, m)
    same(f"{name}: files read", read_paths(rows("scope", d, "--all")), names(0, 4))
    with open(os.path.join(d, "report.json"), encoding="utf-8") as f:
        row = {r["reason"]: r for r in json.load(f)["inputs"][0]["reasons"]}["too-long"]
    same(f"{name}: counted, with its place", (row["count"], row["offset"], row["line"]),
         (count, len(b"".join(base[:6])), 7))
    shutil.rmtree(d)

deep = b"[" * 10_000_000
m = measured("investigate", put(at("deep.json"), deep), "--case", at("deep"), "--quiet")
same("JSON of 10 MB depth: nothing to read", m.returncode, 3)
bounded("JSON of 10 MB depth", m)
deep = b'{"Authentication": ' + b'{"a":' * 40_000 + b"1" + b"}" * 40_000 + b"}\n"
with open(os.path.join(CAPTURES, "spray/auth_audit.json"), "rb") as f:
    auth = f.readlines()
with Case(put(at("auth.json"), auth[:5] + [deep] + auth[5:])) as c, Case(put(at("auth0.json"), auth)) as c0:
    same("JSON nested 40,000 deep: counted", reasons(c)["bad-json"]["count"], 1)
    same("JSON nested 40,000 deep: its line", reasons(c)["bad-json"]["line"], 6)
    same("JSON nested 40,000 deep: all others are there", c.report()["inputs"][0]["events"],
         c0.report()["inputs"][0]["events"])
    same("JSON nested 40,000 deep: the same findings",
         [f["message"] for f in c.report()["findings"]], [f["message"] for f in c0.report()["findings"]])

# --- records that say odd things -----------------------------------------

odd = [record(4.5, "kato|10.0.0.7|pc7|data|frobnicate|ok|/srv/share/odd.txt")]
with opened("an unknown operation", names(0, 4), put(at("odd.log"), base[:6] + odd * 3 + base[6:])) as c:
    row = reasons(c)["unknown-operation"]
    same("an unknown operation: counted, with its place", (row["count"], row["line"], row["offset"]),
         (3, 7, len(b"".join(base[:6]))))
    report(all(r["grade"] != "read" for r in c.scope() if "odd" in r["path"]),
           "an unknown operation: no grade")
    report("frobnicate" in row["detail"], "an unknown operation: its name is told", row)

log = put(at("base.log"), base)
with opened("a prefix of too many fields", names(0, 4), log,
            options=["--samba-prefix", "%u|%I|%m|%S|%T|%D"]) as c:
    report("prefix-mismatch" in reasons(c), "a prefix of too many fields: said", reasons(c))
    same("a prefix of too many fields: who, all the same", {r["account"] for r in c.scope()}, {"kato"})
with opened("a prefix with fields changed round", names(0, 4), log,
            options=["--samba-prefix", "%I|%u|%m|%S"]) as c:
    same("a prefix with fields changed round: no address is no client",
         {(r["account"], r["client"]) for r in c.scope()}, {("kato", "10.0.0.7")})
    report("prefix-mismatch" in reasons(c), "a prefix with fields changed round: said", reasons(c))
for bad in ("", "no variable", "%", "%q|%I", "%u|" * 30):
    d = at("never")
    p = run("investigate", log, "--case", d, "--samba-prefix", bad, check=None)
    same(f"--samba-prefix {bad[:12]!r}: refused", (p.returncode, b"prefix" in p.stderr), (2, True))
    shutil.rmtree(d, ignore_errors=True)

two = reads(0, 20) + reads(20, 20, host="fs02")
random.Random(1).shuffle(two)
with opened("two servers in one file", names(0, 40), put(at("two.log"), sorted(two))) as c:
    got = c.scope()
    same("two servers in one file: kept apart",
         (read_paths(got, server="fs01"), read_paths(got, server="fs02")), (names(0, 20), names(20, 20)))
    same("two servers in one file: coverage of each", {r["server"] for r in c.report()["coverage"]},
         {"fs01", "fs02"})

mixed = ([record(0, "archive|sato|10.0.0.7|pc7|connect|ok|archive")] + reads(0, 20) + reads(20, 20, user="sato", prefix="{share}|{user}|{client}|pc7", share="archive")
         + reads(40, 20, user="ito", prefix="USER={user}|IP={client}|VOL={share}", share="public"))
with opened("three prefixes in one file", names(0, 60), put(at("mixed.log"), sorted(mixed))) as c:
    same("three prefixes in one file: each read as it is meant",
         {(r["account"], r["client"], r["share"]) for r in c.scope()},
         {("kato", "10.0.0.7", "data"), ("sato", "10.0.0.7", "archive"), ("ito", "10.0.0.7", "public")})

with open(os.path.join(CAPTURES, "lean/audit.log"), "rb") as f:
    real = f.readlines()
mess = real[:]
random.Random(2).shuffle(mess)
with Case(put(at("real.log"), real)) as c0, Case(put(at("mess.log"), mess)) as c:
    same("records in any order: the same files read", read_paths(c.scope()), read_paths(c0.scope()))
    same("records in any order: all of them", c.report()["inputs"][0]["events"],
         c0.report()["inputs"][0]["events"])

# --- names chosen by an intruder ------------------------------------------

hostile = [b"/srv/share/\x1b]0;owned\x07\x1b[2J.txt", "/srv/share/\u202egpj.exe".encode(),
           b"/srv/share/\xc2\x9b31m.txt", b"/srv/share/\x85\x8e.txt", b"/srv/share/a\rb\tc.txt",
           "/srv/share/\u2028line.txt".encode(), b"/srv/share/=cmd|' /C calc'!A0.txt",
           b"/srv/share/<script>alert(1)</script>.html", b"/srv/share/</script><b>.html",
           b"/srv/share/'; DROP TABLE x; --.txt", "/srv/share/予算.txt".encode("shift_jis"),
           "/srv/share/予算.txt".encode("euc_jp"), b"/srv/share/\xff\xfe.txt"]
lines = [l for i, p in enumerate(hostile) for l in read_lines(p, i)]
lines += read_lines("/srv/share/own.txt", 30, user="\x1b[31mevil\x1b[0m", client="10.0.0.8")
with opened("hostile names", set(hostile) | {b"/srv/share/own.txt"}, put(at("hostile.log"), lines)) as c:
    for command, *args in (("scope", "--all"), ("findings",), ("tracks",), ("coverage",),
                           ("query", "SELECT path, account FROM accesses")):
        p = run(command, *args, "--case", c.case)
        report(plain(p.stdout, p.stderr), f"hostile names: {command} prints nothing a terminal obeys",
               repr([l for l in p.stdout.splitlines() if not plain(l)][:3]))
    report(plain(c.out.stdout, c.out.stderr), "hostile names: nor does investigate")
    for r in c.scope():
        p = run("show", "--case", c.case, r["id"])
        if not plain(p.stdout):
            report(False, f"hostile names: show {r['id']}", repr(p.stdout))
            break
    else:
        report(True, "hostile names: nor does show")
    with open(os.path.join(c.case, "report.html"), "rb") as f:
        page = f.read()
    report(b"</script><b>" not in page and b"<script>alert" not in page,
           "hostile names: no name ends the page's data")

# A file's own name is the intruder's choice too.
bad_name = at("evil\x1b[31m\n name\u202e.log")
with opened("hostile input name", names(0, 4), put(bad_name, base)) as c:
    report(plain(c.out.stdout, c.out.stderr), "hostile input name: escaped", c.out.stdout)
p = run("investigate", bad_name + "x", "--case", at("evilcase"), check=3)
report(plain(p.stdout, p.stderr), "hostile input name: escaped when it cannot be read", p.stdout)
p = run("frob\x1b[31m", check=2)
report(plain(p.stderr), "hostile command name: escaped", p.stderr)
p = run("scope", "--ev\x1b[31mil", check=2)
report(plain(p.stderr), "hostile option name: escaped", p.stderr)

# --- the clock ------------------------------------------------------------

back = reads(0, 10) + reads(10, 10, step=-0.1) + [l for i in range(20, 30)
                                               for l in read_lines(file_name(i), i - 7200)]
with opened("the clock is set back", names(0, 30), put(at("back.log"), back)) as c:
    steps = [r for r in c.report()["coverage"] if r["reason"] == "clock-step"]
    same("the clock is set back: said, with the input", [(r["input"], r["from"], r["to"]) for r in steps],
         [(at("back.log"), "2026-11-23T07:00:20.000+09:00", "2026-11-23T08:59:58.102+09:00")])
with Case(put(at("one.log"), reads(0, 10, step=60)), put(at("two.log"), reads(0, 10, step=61, user="ito"))) as c:
    same("two files of one time: no step of the clock",
         [r for r in c.report()["coverage"] if r["reason"] == "clock-step"], [])
ahead = reads(0, 10) + [l for i in range(10, 20) for l in read_lines(file_name(i), i + 86400 * 3)]
with opened("the clock is set ahead", names(0, 20), put(at("ahead.log"), ahead)) as c:
    report(any(r["reason"] == "silence" for r in c.report()["coverage"]),
           "the clock is set ahead: the hours between are unknown", c.report()["coverage"])


def old_style(stamp, path, user="kato"):
    who = f"{stamp} fs01 smbd_audit: {user}|10.0.0.7|pc7|data|"
    return [(who + m + path + "\n").encode() for m in
            ("create_file|ok|0x120089|file|open|", "pread_recv|ok|")]


# New York left summer time on 1 November 2026 at 2:00, which was 1:00 again.
autumn = (old_style("Nov  1 00:50:00", "/srv/share/a") + old_style("Nov  1 01:50:00", "/srv/share/b")
          + old_style("Nov  1 01:10:00", "/srv/share/c") + old_style("Nov  1 02:10:00", "/srv/share/d"))
spring = (old_style("Mar  8 01:50:00", "/srv/share/e") + old_style("Mar  8 03:10:00", "/srv/share/f"))
with opened("end of summer time without a zone", {b"/srv/share/" + x for x in (b"a", b"b", b"c", b"d")},
            put(at("autumn.log"), autumn), options=["--year", "2026", "--tz", "America/New_York"]) as c:
    got = {r["path"][-1]: r["first"] for r in c.scope()}
    same("end of summer time without a zone: before and after are right",
         (got["a"], got["d"]), ("2026-11-01T00:50:00.00-04:00", "2026-11-01T02:10:00.00-05:00"))
    report(any(r["reason"] == "clock-step" for r in c.report()["coverage"])
           or got["b"] < got["c"], "end of summer time without a zone: the doubtful hour is told", got)
with opened("begin of summer time without a zone", {b"/srv/share/e", b"/srv/share/f"},
            put(at("spring.log"), spring), options=["--year", "2026", "--tz", "America/New_York"]) as c:
    got = {r["path"][-1]: r["first"] for r in c.scope()}
    same("begin of summer time without a zone", (got["e"], got["f"]),
         ("2026-03-08T01:50:00.00-05:00", "2026-03-08T03:10:00.00-04:00"))

# --- the same thing again -------------------------------------------------

long_log = reads(0, 400, step=0.5)
text = b"".join(long_log)
log = put(at("audit.log"), text)
with Case(log) as c:
    before = c.scope()

    def again(name, *inputs, grown=0):
        run("investigate", *inputs, "--case", c.case, "--quiet")
        same(name, (len(read_paths(c.scope())), sum(r["records"] for r in c.scope())),
             (400 + grown, 1200 + 3 * grown))

    same("400 files", len(before), 400)
    again("the same file again", log)
    again("twice in one run", log, log)
    again("the same content under another name", shutil.copy(log, at("copy.log")))
    again("the same content, compressed", put(at("audit.log.1.gz"), gzip.compress(text)))
    again("the same content, compressed otherwise", put(at("audit.log.2.xz"), lzma.compress(text)))
    again("a shorter copy", put(at("short.log"), b"".join(long_log[:600])))
    with open(log, "ab") as f:
        f.write(b"".join(reads(400, 5, step=0.5)))
    again("the file, grown", log, grown=5)
    again("the grown file under another name", shutil.copy(log, at("grown-copy.log")), grown=5)
    os.rename(log, at("audit.log.3"))
    put(log, reads(405, 5, step=0.5))
    again("rotated, and a new file under the old name", log, at("audit.log.3"), grown=10)
    states = [i["state"] for i in c.report()["inputs"]]
    report(states.count("duplicate") >= 3, "duplicates are listed as such", states)
for order in (["b.log", "b.log.gz"], ["b.log.gz", "b.log"]):
    put(at("b.log"), text)
    put(at("b.log.gz"), gzip.compress(text))
    with opened(f"{' and '.join(order)} in one run", names(0, 400), *[at(x) for x in order]) as c:
        same(f"{' and '.join(order)} in one run: counted once", sum(r["records"] for r in c.scope()), 1200)
half = len(text) // 2 + 17  # inside a record
put(at("g.log"), text[:half])
with Case(at("g.log")) as c:
    put(at("g.log"), text)
    run("investigate", at("g.log"), "--case", c.case, "--quiet")
    got = read_paths(c.scope())
    report(names(0, 400) - got <= {file_name(200).encode(), file_name(199).encode()} and len(got) >= 399,
           "grown from the middle of a record: at most that record is lost", names(0, 400) - got)
    report(any("half written" in x for x in c.report()["inputs"][0]["remarks"]),
           "grown from the middle of a record: said", c.report()["inputs"][0]["remarks"])

# --- what cannot be opened --------------------------------------------------

odd = at("odd")
os.makedirs(os.path.join(odd, "sub"))
put(os.path.join(odd, "good.log"), base)
os.symlink("nowhere", os.path.join(odd, "dangling"))
os.symlink("loop", os.path.join(odd, "loop"))
os.symlink("..", os.path.join(odd, "sub", "up"))
os.symlink("/dev/zero", os.path.join(odd, "zero"))
os.mkfifo(os.path.join(odd, "fifo"))
sock = socket.socket(socket.AF_UNIX)
sock.bind(os.path.join(odd, "sock"))
put(os.path.join(odd, "empty.log"), b"")
with opened("a folder of odd things", names(0, 4), odd) as c:
    told = {os.path.basename(i["name"]): (i["state"], i["problem"] or "") for i in c.report()["inputs"]}
    for name, state, word in (("dangling", "unreadable", "link"), ("loop", "unreadable", "link"),
                              ("up", "unreadable", "link"), ("zero", "unreadable", "link"),
                              ("fifo", "unreadable", "regular"), ("sock", "unreadable", "regular"),
                              ("empty.log", "unrecognised", "empty")):
        same(f"a folder of odd things: {name}", (told.get(name, ("", ""))[0],
                                                 word in told.get(name, ("", ""))[1]), (state, True))
sock.close()
for name, target, word in (("a dangling link", os.path.join(odd, "dangling"), "No such file"),
                           ("a link to itself", os.path.join(odd, "loop"), "Too many levels"),
                           ("a device", "/dev/zero", "not a regular file"),
                           ("a glob without a match", at("none*.log"), "No such file")):
    with Case(target, check=3) as c:
        inputs = c.report()["inputs"]
        report(len(inputs) == 1 and word in (inputs[0]["problem"] or ""), f"{name}: said", inputs)
        report(word.encode() in c.out.stdout + c.out.stderr, f"{name}: said to the person", c.out.stdout)
with Case(at("none*.log"), log) as c:
    same("one bad name among good ones: exit 0", c.out.returncode, 0)
os.mkdir(at("void"))
with Case(at("void"), check=3) as c:
    report(at("void").encode() in c.out.stdout + c.out.stderr, "an empty folder is named", c.out.stderr)
p = run("investigate", "--case", at("never"), check=2)
report(b"input" in p.stderr, "no input given", p.stderr)
p = run("investigate", "", "--case", at("never2"), check=3)
deep_dir = at("deep_dir")
d = deep_dir
for i in range(80):
    d = os.path.join(d, "d")
os.makedirs(d)
put(os.path.join(d, "x.log"), base)
put(os.path.join(deep_dir, "y.log"), reads(0, 1))
with opened("folders 80 deep", names(0, 1), deep_dir) as c:
    report(any("deep" in (i["problem"] or "") for i in c.report()["inputs"]),
           "folders 80 deep: what was not followed is told", c.report()["inputs"])


def as_mortal(*args):
    """As a user who may not read everything, also where the tests run as root."""
    if os.getuid() != 0:
        return [ASHIATO, *args]
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", ASHIATO, *args]


if os.getuid() != 0 or shutil.which("setpriv"):
    place = tempfile.mkdtemp(prefix="ashiato-test-", dir="/tmp")
    os.chmod(place, 0o777)
    locked = os.path.join(place, "locked")
    os.makedirs(os.path.join(locked, "closed"))
    put(os.path.join(locked, "good.log"), base)
    put(os.path.join(locked, "secret.log"), base)
    put(os.path.join(locked, "closed", "x.log"), base)
    os.chmod(locked, 0o755)
    os.chmod(os.path.join(locked, "good.log"), 0o644)
    os.chmod(os.path.join(locked, "secret.log"), 0)
    os.chmod(os.path.join(locked, "closed"), 0)
    env = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC")
    case = os.path.join(place, "case")
    p = subprocess.run(as_mortal("investigate", locked, "--case", case, "--quiet"), capture_output=True,
                       env=env, timeout=120)
    same("unreadable things: exit code", (p.returncode, p.stderr), (0, b""))
    if p.returncode == 0:
        with open(os.path.join(case, "report.json"), encoding="utf-8") as f:
            told = {os.path.basename(i["name"]): i for i in json.load(f)["inputs"]}
        for name in ("secret.log", "closed"):
            report(told[name]["state"] == "unreadable" and "Permission denied" in told[name]["problem"],
                   f"unreadable things: {name} is named", told)
            report(name.encode() in p.stdout, f"unreadable things: {name} is told to the person", p.stdout)
        same("unreadable things: the rest is read", read_paths(rows("scope", case, "--all")), names(0, 4))
        os.chmod(place, 0o555)
        p = subprocess.run(as_mortal("investigate", os.path.join(locked, "good.log"), "--case",
                                     os.path.join(place, "sub", "case")), capture_output=True, env=env)
        report(p.returncode == 1 and b"Permission denied" in p.stderr and place.encode() in p.stderr,
               "a case where one may not write: said", p.stderr)
    os.chmod(place, 0o755)
    os.chmod(os.path.join(locked, "closed"), 0o755)
    shutil.rmtree(place)

# --- compressed -------------------------------------------------------------

big = b"".join(reads(0, 4000, step=0.05))


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, capture_output=True, check=True).stdout


packers = {"gz": gzip.compress, "xz": lzma.compress, "bz2": bz2.compress}
if shutil.which("zstd"):
    packers["zst"] = zstd
for ext, pack in packers.items():
    packed = pack(big)
    whole = put(at("w." + ext), packed)
    with opened(f"{ext}", names(0, 4000), whole) as c:
        same(f"{ext}: recognised", (c.report()["inputs"][0]["state"], c.report()["inputs"][0]["lines"]),
             ("complete", 12000))
    member = put(at("m." + ext), pack(big[:300_000]) + pack(big[300_000:]))
    with opened(f"{ext} of two members", names(0, 4000), member) as c:
        same(f"{ext} of two members: sound", c.report()["inputs"][0]["state"], "complete")
    flipped = bytearray(packed)
    flipped[len(packed) * 3 // 4] ^= 0x10
    for name, content in ((f"{ext} cut off", packed[:len(packed) * 3 // 4]), (f"{ext} with a bit flipped", bytes(flipped)),
                          (f"{ext} with garbage in the middle", packed[:len(packed) * 3 // 4] + b"\xaa" * 5000)):
        c = Case(put(at("d." + ext), content), check=None)
        got = read_paths(c.scope()) if c.out.returncode in (0, 3) else None
        i = c.report()["inputs"][0]
        report(got is not None and got <= names(0, 4000), f"{name}: nothing is claimed that is not so",
               sorted(got - names(0, 4000))[:3] if got is not None else c.out.stderr)
        # bzip2 and xz give nothing before a block is whole: then there is nothing.
        if i["lines"] > 0:
            report(i["state"] == "damaged" and c.out.returncode == 0, f"{name}: damaged", (i["state"], i["problem"]))
            # gzip and bzip2 deliver damaged bytes before they notice: those lines are none.
            before = names(0, i["lines"] // 3) if "cut off" in name else names(0, 2000)
            same(f"{name}: every whole record before the damage", before - got, set())
        else:
            report(i["state"] in ("unreadable", "damaged") and c.out.returncode == 3, f"{name}: not readable", i)
        report("compressed data" in (i["problem"] or "") and (i["lines"] == 0 or "offset" in i["problem"]),
               f"{name}: the problem is named, with its place", i)
        report(("d." + ext).encode() in c.out.stdout, f"{name}: the person is told", c.out.stdout)
        shutil.rmtree(c.dir)
    with Case(put(at("e." + ext), pack(b"")), check=3) as c:
        report("empty" in (c.report()["inputs"][0]["problem"] or ""), f"{ext} of nothing: said",
               c.report()["inputs"][0]["problem"])
    with Case(put(at("h." + ext), packed[:7]), check=3) as c:
        report(c.report()["inputs"][0]["state"] in ("unreadable", "unrecognised"), f"{ext}: only its first bytes",
               c.report()["inputs"][0]["state"])

# Bombs: as a gzip of many equal members, which takes no time to make.
chunk = 16 << 20
size = 80 if not SANITIZED else 4
for name, byte in (("a bomb of zeros", b"\0"), ("a bomb of newlines", b"\n"), ("a bomb of letters", b"A")):
    bomb = put(at("bomb.gz"), gzip.compress(byte * chunk, 9) * size)
    d = at("bomb")
    m = measured("investigate", bomb, "--case", d, "--quiet")
    same(f"{name}: nothing to read", m.returncode, 3)
    bounded(name, m)
    shutil.rmtree(d)
    bomb = put(at("bomb.gz"), gzip.compress(b"".join(base)) + gzip.compress(byte * chunk, 9) * size)
    m = measured("investigate", bomb, "--case", d, "--quiet")
    same(f"{name} behind a log: exit code", m.returncode, 0)
    bounded(f"{name} behind a log", m, seconds=40)
    same(f"{name} behind a log: files read", read_paths(rows("scope", d, "--all")), names(0, 4))
    with open(os.path.join(d, "report.json"), encoding="utf-8") as f:
        i = json.load(f)["inputs"][0]
    if not SANITIZED:
        report(i["state"] == "damaged" and "1 GiB" in (i["problem"] or ""), f"{name} behind a log: given up, and said", i)
    shutil.rmtree(d)

# --- no log at all ------------------------------------------------------------

garbage = random.Random(3).randbytes(2_000_000)
with Case(put(at("garbage.bin"), garbage), check=3) as c:
    same("binary garbage: not recognised", c.report()["inputs"][0]["state"], "unrecognised")
    report(plain(c.out.stdout, c.out.stderr), "binary garbage: none of it is printed")
with opened("binary garbage inside a log", names(0, 4),
            put(at("inside.log"), base[:6] + [garbage.replace(b"\n", b"\n\x01") + b"\n"] + base[6:])) as c:
    n = reasons(c)
    report(sum(r["count"] for r in n.values()) > 1000, "binary garbage inside a log: counted", n)
with Case(put(at("prose.txt"), b"Dear diary,\n" * 1000), check=3) as c:
    report("not a known log format" in c.report()["inputs"][0]["problem"], "prose: said", c.report()["inputs"])
with Case(ASHIATO, check=3) as c:
    same("a program: not recognised", c.report()["inputs"][0]["state"], "unrecognised")

# --- the case -------------------------------------------------------------------

log = put(at("log.log"), base)
p = run("investigate", log, "--case", log, check=None)
report(p.returncode == 1 and b"not a folder" in p.stderr.lower() or b"Not a directory" in p.stderr,
       "--case names a file: said", p.stderr)
p = run("scope", "--case", log, check=None)
report(p.returncode == 1 and b"is not a case" in p.stderr, "scope --case names a file: said", p.stderr)
p = run("scope", "--case", at("void"), check=None)
report(p.returncode == 1 and b"is not a case" in p.stderr and b"investigate" in p.stderr,
       "--case names a folder that is none: said, and what to do", p.stderr)
p = run("scope", "--case", at("missing"), check=None)
report(p.returncode == 1 and b"is not a case" in p.stderr and not os.path.exists(at("missing")),
       "--case names nothing: said, and nothing is made", p.stderr)
other = at("other")
os.mkdir(other)
put(os.path.join(other, "case.sqlite"), b"This is no database.\n" * 100)
for command in (["scope"], ["investigate", log]):
    p = run(*command, "--case", other, check=None)
    report(p.returncode == 1 and b"case.sqlite" in p.stderr and b"not a case" in p.stderr,
           f"{command[0]}: case.sqlite is something else: said", p.stderr)
db = sqlite3.connect(os.path.join(at("void"), "case.sqlite"))
db.execute("CREATE TABLE photos(x)")
db.commit()
db.close()
p = run("scope", "--case", at("void"), check=None)
report(p.returncode == 1 and b"case" in p.stderr, "case.sqlite is another program's: said", p.stderr)
with Case(log) as c:
    with sqlite3.connect(os.path.join(c.case, "case.sqlite")) as db:
        now = int(db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()[0])
    for text in ("99", str(now + 1), str(now - 1)):
        db = sqlite3.connect(os.path.join(c.case, "case.sqlite"))
        db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (int(text),))
        db.commit()
        db.close()
        for command in (["scope"], ["investigate", log], ["query", "SELECT 1"], ["report"]):
            p = run(*command, "--case", c.case, check=None)
            report(p.returncode == 1 and f"format {text}".encode() in p.stderr,
                   f"{command[0]} on a case of format {text}: said", p.stderr)
p = run("investigate", log, "--case", "/proc/ashiato", check=None)
report(p.returncode == 1 and b"/proc/ashiato" in p.stderr, "a case where nothing can be made: said", p.stderr)

shutil.rmtree(TMP)
finish()
