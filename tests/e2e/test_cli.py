#!/usr/bin/env python3
"""The command line's contracts: help, exit codes, formats, filters, terminals,
raw records, what a query may do, the report's schema."""
import csv
import fnmatch
import glob
import io
import json
import lzma
import os
import pty
import re
import select
import shutil
import subprocess
import tempfile

from lib import ASHIATO, CAPTURES, ROOT, Case, exact, finish, report, rows, run, same
from logs import put, read_lines, reads

TMP = tempfile.mkdtemp(prefix="ashiato-test-")
ENV = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC")
for name in ("LANGUAGE", "NO_COLOR", "PAGER", "LESS"):
    ENV.pop(name, None)


def at(name):
    return os.path.join(TMP, name)


# Two accounts, two clients, two days, listings, refusals, changes.
log = at("audit.log")
lines = reads(0, 60, step=60) + reads(60, 30, step=61, user="ito", client="10.0.0.9")
lines += [l for i in range(90, 110) for l in read_lines(f"/srv/share/人事 部/a[{i}]*.txt", i + 86400 * 2, user="山田",
                                                       client="fe80::1", share="jinji")]
lines += reads(200, 300, step=0.2, user="eve", client="10.6.6.6")
with lzma.open(os.path.join(CAPTURES, "rich/audit.log.xz")) as f:
    lines += f.readlines()
put(log, sorted(lines))
case_of = Case(log)
CASE = case_of.case

# --- help and usage ------------------------------------------------------

commands = re.findall(r"^  (\w+) +\S", run("--help").stdout.decode().split("Commands:")[1], re.M)
same("commands", commands, ["investigate", "scope", "findings", "tracks", "timeline", "checks", "hypotheses", "coverage", "untouched", "show", "query", "dump",
                            "report", "verify", "ledger", "custody", "export", "retain", "hold", "sources", "detectors", "watch", "status", "simulate", "help"])
for command in commands:
    p = run(command, "--help")
    text = p.stdout.decode()
    report(text.startswith(f"Usage: ashiato {command} ") and "  " not in text.split("\n")[0] and p.stderr == b"",
           f"{command} --help", text[:200])
    same(f"help {command}: the same", run("help", command).stdout, p.stdout)
    same(f"{command} -h: the same", run(command, "-h").stdout, p.stdout)
    p = run(command, "--no-such-option", check=2)
    report(b"--no-such-option" in p.stderr and p.stdout == b"", f"{command}: an unknown option", p.stderr)
    wide = [l for l in text.splitlines() if len(l) > 130]
    same(f"{command} --help: lines fit", wide, [])
    ja = run(command, "--help", "--lang", "ja")
    report(ja.stdout.startswith("Usage".encode()) or "ashiato " + command in ja.stdout.decode(),
           f"{command} --help --lang ja")
for args, word in (([], ""), (["nonsense"], "nonsense"), (["help", "nonsense"], "nonsense"),
                   (["scope"], "--case"), (["scope", "--case"], "needs a value"),
                   (["scope", "--case", CASE, "--case", CASE], "--case"),
                   (["scope", "--case", CASE, "--all=yes"], "no value"),
                   (["scope", "--case", CASE, "surplus"], "surplus"),
                   (["findings", "--case", CASE, "surplus"], "surplus"),
                   (["tracks", "--case", CASE, "surplus"], "surplus"),
                   (["coverage", "--case", CASE, "surplus"], "surplus"),
                   (["report", "--case", CASE, "surplus"], "surplus"),
                   (["sources", "surplus"], "surplus"), (["detectors", "surplus"], "surplus"),
                   (["show", "--case", CASE], "access"), (["show", "--case", CASE, "A1-1", "A1-2"], "one access"),
                   (["query", "--case", CASE], "query"), (["query", "--case", CASE, "SELECT 1", "x"], "one"),
                   (["scope", "--case", CASE, "--lang", "fr"], "--lang"),
                   (["scope", "--case", CASE, "--format", "xml"], "xml"),
                   (["scope", "--case", CASE, "--grade", "stolen"], "stolen"),
                   (["scope", "--case", CASE, "--since", "yesterday"], "yesterday"),
                   (["scope", "--case", CASE, "--until", "2026-13-45"], "2026-13-45"),
                   (["scope", "--case", CASE, "--track", "Tx"], "Tx"),
                   (["show", "--case", CASE, "X1"], "X1"),
                   (["investigate", log, "--case", at("n"), "--year", "12"], "--year"),
                   (["investigate", log, "--case", at("n"), "--year", ""], "--year"),
                   (["investigate", log, "--case", at("n"), "--tz", "Mars/Olympus"], "Mars"),
                   (["investigate", log, "--case", at("n"), "--threads", "many"], "--threads"),
                   (["investigate", log, "--case", at("n"), "--source", "floppy"], "floppy")):
    p = run(*args, check=None)
    report(p.returncode == 2 and word.encode() in (p.stderr + p.stdout), f"usage: {' '.join(a for a in args if a != CASE and a != log)[:60]}",
           f"exit {p.returncode}: {p.stderr.decode()}")
same("an access that is not there", (run("show", "--case", CASE, "A9-999", check=1).stderr.count(b"A9-999")), 1)
same("a track that is not there", rows("scope", CASE, "--track", "T99"), [])
report(run("--version").stdout.startswith(b"ashiato "), "--version")

# --- the formats agree ----------------------------------------------------

every = rows("scope", CASE, "--all")
report(len(every) > 100, "there is something to list", len(every))


def unescape(text):
    return re.sub(r"\\(x[0-9a-f]{2}|.)", lambda m: {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}.get(
        m[1], chr(int(m[1][1:], 16)) if m[1][0] == "x" else m[0]), text)


def plain_rows(list_):
    return [{k: "" if v is None else str(v) for k, v in r.items() if not k.endswith("_base64")} for r in list_]


QUERY = "SELECT path, account, first, records, new_path FROM accesses ORDER BY ALL"
for command, *args in (("scope", "--all"), ("findings",), ("tracks",), ("tracks", "log"), ("coverage",), ("query", QUERY),
                       ("show", every[0]["id"]), ("sources",), ("detectors",)):
    base = [command, *args] + (["--case", CASE] if command not in ("sources", "detectors") else [])
    as_json = json.loads(run(*base, "--format", "json").stdout)
    same(f"{command}: --json is --format json", json.loads(run(*base, "--json").stdout), as_json)
    expected = plain_rows(as_json)
    text = run(*base, "--format", "csv").stdout.decode()
    got = [{k: v[1:] if v.startswith("'") and v[1:2] in "=+-@\t\r" and v[1:] else v for k, v in r.items()}
           for r in csv.DictReader(io.StringIO(text, newline=""))]
    same(f"{command}: csv says the same", got == expected, True)
    text = run(*base, "--format", "tsv").stdout.decode()
    head, *body = [l.split("\t") for l in text.splitlines()]
    same(f"{command}: tsv says the same", [dict(zip(head, map(unescape, r))) for r in body] == expected, True)
    table = run(*base, "--format", "table").stdout.decode()
    if command in ("scope", "tracks", "findings", "query"):
        missing = [r for r in expected if next(iter(r.values())) not in table]
        same(f"{command}: the table has every row", missing[:3], [])
    same(f"{command}: no colour where there is no terminal", "\x1b" in table, False)

# --- filters ------------------------------------------------------------------

# scope shows one row a path; filters are on accesses, which query lists.
accesses = rows("query", CASE, "SELECT id, path, account, client, share, server, grade, changes, "
                               "epoch_us(first) AS f, epoch_us(last) AS l FROM accesses")


def selected(test):
    return {r["path"] for r in accesses if test(r)}


def us(text):
    import datetime
    return int(datetime.datetime.fromisoformat(text).timestamp() * 1_000_000)


def like(value, pattern):
    return value == pattern or fnmatch.fnmatchcase(value, pattern)


FILTERS = {
    ("--account", "ito"): lambda r: r["account"] == "ito",
    ("--account", "*t*"): lambda r: like(r["account"], "*t*"),
    ("--account", "山田"): lambda r: r["account"] == "山田",
    ("--account", "nobody here"): lambda r: False,
    ("--client", "10.0.0.?"): lambda r: like(r["client"], "10.0.0.?"),
    ("--client", "fe80::1"): lambda r: r["client"] == "fe80::1",
    ("--share", "jinji"): lambda r: r["share"] == "jinji",
    ("--server", "fs0*"): lambda r: like(r["server"], "fs0*"),
    ("--server", "fs99"): lambda r: False,
    ("--grade", "read"): lambda r: r["grade"] == "read",
    ("--grade", "listed"): lambda r: r["grade"] == "listed",
    ("--grade", "denied", "--grade", "missing"): lambda r: r["grade"] in ("denied", "missing"),
    ("--grade", "deleted"): lambda r: "deleted" in r["changes"].split(),
    ("--grade", "written", "--grade", "renamed"): lambda r: {"written", "renamed"} & set(r["changes"].split()),
    ("--since", "2026-11-24"): lambda r: int(r["l"]) >= us("2026-11-24T00:00:00+09:00"),
    ("--since", "2026-11-23 09:30"): lambda r: int(r["l"]) >= us("2026-11-23T09:30:00+09:00"),
    ("--since", "2026-11-23T00:30:00Z"): lambda r: int(r["l"]) >= us("2026-11-23T00:30:00+00:00"),
    ("--until", "2026-11-23"): lambda r: int(r["f"]) < us("2026-11-24T00:00:00+09:00"),
    ("--until", "2026-11-23 09:30"): lambda r: int(r["f"]) < us("2026-11-23T09:31:00+09:00"),
    ("--since", "2026-11-23 09:10", "--until", "2026-11-23 09:20", "--account", "kato"):
        lambda r: int(r["l"]) >= us("2026-11-23T09:10:00+09:00") and int(r["f"]) < us("2026-11-23T09:21:00+09:00")
        and r["account"] == "kato",
    ("--path", "/srv/share/経理部"): lambda r: (r["path"] + "/").startswith("/srv/share/経理部/"),
    ("--path", "/srv/share/経理部/"): lambda r: r["path"].startswith("/srv/share/経理部/"),
    ("--path", "*.xlsx"): lambda r: like(r["path"], "*.xlsx"),
    ("--path", "/srv/share/*/file 001?.xlsx"): lambda r: like(r["path"], "/srv/share/*/file 001?.xlsx"),
    ("--path", "/srv/share/人事 部/a[[]9?[]][*].txt"): lambda r: like(r["path"], "/srv/share/人事 部/a[[]9?[]][*].txt"),
    ("--path", "/srv/share/it's"): lambda r: False,
    ("--account", "' OR 1=1 --"): lambda r: False,
    ("--path", "'; DROP TABLE a; --"): lambda r: False,
}
for args, test in FILTERS.items():
    same(f"scope {' '.join(args)}", {r["path"] for r in rows("scope", CASE, "--all", *args)}, selected(test))
order = ["missing", "denied", "seen", "listed", "opened", "read"]
for r in every:
    best = max((a for a in accesses if a["path"] == r["path"] and a["share"] == r["share"]),
               key=lambda a: order.index(a["grade"]) if a["grade"] in order else -1)
    if r["grade"] in order and best["grade"] != r["grade"]:
        report(False, "scope: the strongest grade of each path", (r["path"], r["grade"], best["grade"]))
        break
else:
    report(True, "scope: the strongest grade of each path")
found = rows("findings", CASE)
report(len(found) > 0, "there are findings to filter", found)
for args, test in ((("--account", "kato"), lambda r: r["account"] == "kato"),
                   (("--account", "x"), lambda r: False), (("--client", "10.*"), lambda r: like(r["client"], "10.*")),
                   (("--since", "2026-11-24"), lambda r: us(r["last"]) >= us("2026-11-24T00:00:00+09:00")),
                   (("--until", "2026-11-23"), lambda r: us(r["first"]) < us("2026-11-24T00:00:00+09:00"))):
    same(f"findings {' '.join(args)}", [r["id"] for r in rows("findings", CASE, *args)],
         [r["id"] for r in found if test(r)])

tracks = rows("tracks", CASE)
report(len(tracks) > 0, "there are tracks to filter", tracks)
account, client = tracks[0]["account"], tracks[0]["client"]
for args, test in ((("--account", account), lambda r: r["account"] == account), (("--account", "x"), lambda r: False),
                   (("--client", client[:-1] + "?"), lambda r: like(r["client"], client[:-1] + "?")),
                   (("--server", "x"), lambda r: False),
                   (("--since", tracks[-1]["last"]), lambda r: us(r["last"]) >= us(tracks[-1]["last"])),
                   (("--until", tracks[0]["first"]), lambda r: us(r["first"]) <= us(tracks[0]["first"]))):
    same(f"tracks {' '.join(args)}", rows("tracks", CASE, *args), [r for r in tracks if test(r)])

cover = rows("coverage", CASE)
report(any(r["from"] for r in cover), "there is coverage to filter", cover)
for args, test in ((("--server", "x"), lambda r: not r["server"]),
                   (("--since", "2027-01-01"), lambda r: not r["to"]),
                   (("--until", "2026-01-01"), lambda r: not r["from"]),
                   (("--server", "*", "--since", "2026-01-01", "--until", "2026-12-31"), lambda r: True)):
    same(f"coverage {' '.join(args)}", rows("coverage", CASE, *args), [r for r in cover if test(r)])

# --- terminals -------------------------------------------------------------------


def on_terminal(*args, env=None):
    """Standard output and input on a terminal; what was written to it."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(ASHIATO, [ASHIATO, *args], dict(ENV, TERM="xterm", **(env or {})))
    out = b""
    while True:
        ready, _, _ = select.select([fd], [], [], 20)
        try:
            data = os.read(fd, 65536) if ready else b""
        except OSError:
            data = b""
        if not data:
            break
        out += data
    os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), out


scope = ["scope", "--all", "--case", CASE]
code, out = on_terminal(*scope, env={"PAGER": f"tee {at('paged')} >/dev/null"})
with open(at("paged"), "rb") as f:
    paged = f.read()
report(code == 0 and paged.count(b"\n") == len(every) + 1, "on a terminal: a pager gets it", (code, out[:200]))
report(b"\x1b[" in paged, "on a terminal: in colour")
code, out = on_terminal(*scope, env={"PAGER": "cat", "NO_COLOR": "1"})
report(code == 0 and b"\x1b" not in out, "NO_COLOR: without", (code, out[:200]))
code, out = on_terminal(*scope, env={"PAGER": "head -n 2"})
report(code == 0 and out.count(b"\n") <= 3 and b"Broken" not in out, "a pager that ends early is no failure", (code, out))
code, out = on_terminal(*scope, env={"PAGER": "/nonexistent/pager"})
report(b"nonexistent" in out, "a pager that is not there: said", out[:200])
code, out = on_terminal("scope", "--all", "--case", CASE, "--format", "json", env={"PAGER": "false"})
report(code == 0 and len(json.loads(out)) == len(every), "json is never paged", (code, out[:100]))
p = run(*scope, env={"PAGER": f"tee {at('never')}"})
report(not os.path.exists(at("never")), "no terminal: no pager")
code, out = on_terminal("investigate", log, "--case", at("term"), env={"NO_COLOR": "1"})
report(code == 0 and b"\x1b[1" not in out, "NO_COLOR: investigate too", out[:300])
code, out = on_terminal("investigate", log, "--case", at("term"))
report(code == 0 and b"\x1b[1" in out, "on a terminal: the headline in colour", out[:300])

for command in (scope, ["query", "SELECT * FROM accesses", "--case", CASE], ["show", "--case", CASE, every[0]["id"]],
                scope + ["--json"], scope + ["--format", "csv"], ["--help"]):
    p = subprocess.run(["bash", "-c", 'set -o pipefail; "$@" | head -n 1 >/dev/null', "sh", ASHIATO, *command],
                       capture_output=True, env=ENV, timeout=60)
    same(f"| head is quiet: {command[0]} {command[-1] if command[-1] != CASE else ''}", p.stderr, b"")
full = subprocess.run(["sh", "-c", '"$@" >/dev/full', "sh", ASHIATO, *scope], capture_output=True, env=ENV)
report(full.returncode == 1 and b"No space left" in full.stderr, "output that cannot be written: said", full.stderr)
full = subprocess.run(["sh", "-c", '"$@" >/dev/full', "sh", ASHIATO, *scope, "--json"], capture_output=True, env=ENV)
report(full.returncode == 1 and b"No space left" in full.stderr, "json that cannot be written: said", full.stderr)

# --- show --------------------------------------------------------------------------


def behind(lines_, path, account):
    """The log's lines that name exactly this path, for a log with the usual prefix."""
    end = b"|" + path
    return [l for l in lines_ if l.endswith(end) and b" " + account + b"|" in l]


IDLE = re.compile(rb"[|](?!create_file|openat|pread|pwrite|sendfile|unlinkat|renameat|mkdirat|fdopendir)"
                  rb"\w+[|](?:ok|fail \([^)]*\))[|]")

for capture, name in (("lean", "audit.log"), ("sync", "audit.log"), ("rich", "audit.log.xz"), ("rfc5424", "audit.log"),
                      ("rfc3164", "audit.log")):
    where = os.path.join(CAPTURES, capture, name)
    with (lzma.open if name.endswith(".xz") else open)(where, "rb") as f:
        log_lines = f.read().split(b"\n")
    with Case(where, options=["--year", "2026", "--tz", "Asia/Tokyo"]) as c:
        tried = 0
        for r in c.scope("--grade", "read")[:6] + c.scope("--grade", "denied")[:2]:
            if r["accesses"] != 1:
                continue
            p = run("show", "--raw", "--case", c.case, r["id"])
            expected = behind(log_lines, exact(r), r["account"].encode())
            got = p.stdout.split(b"\n")[:-1]
            tried += 1
            # What tells nothing (fstat and so on) is no part of an access.
            expected = [l for l in expected if not IDLE.search(l)]
            same(f"{capture}: show {r['id']} prints the records", (got, len(got)), (expected, r["records"]))
        report(tried >= 3, f"{capture}: accesses to show", tried)
with Case(put(at("first.log"), reads(0, 9000, step=0.1))) as c:
    put(at("second.log"), reads(0, 9010, step=0.1))
    run("investigate", at("second.log"), "--case", c.case, "--quiet")
    new = rows("scope", c.case, "--all", "--path", "*9005*")[0]
    p = run("show", "--raw", "--case", c.case, new["id"])
    same("a file that begins with another: its records are found", p.stdout,
         b"".join(read_lines(new["path"], 900.5)))

# --- query ---------------------------------------------------------------------------

outside = put(at("outside.csv"), b"a,b\n1,2\n")
evil = at("evil.csv")
for sql in (f"SELECT * FROM '{outside}'", f"SELECT * FROM read_csv('{outside}')", f"SELECT * FROM read_text('{outside}')",
            f"SELECT * FROM read_blob('{CASE}/case.sqlite')", f"SELECT * FROM glob('{TMP}/*')",
            f"COPY (SELECT 1) TO '{evil}'", f"COPY accesses TO '{evil}'", f"EXPORT DATABASE '{evil}'",
            f"ATTACH '{evil}' AS x", f"ATTACH '{CASE}/case.sqlite' AS x (TYPE sqlite)", "INSTALL httpfs", "LOAD httpfs",
            f"LOAD '{outside}'", "CREATE TABLE t AS SELECT 1", "DROP VIEW accesses", "DROP TABLE actor",
            "DELETE FROM actor", "INSERT INTO actor SELECT * FROM actor", "UPDATE actor SET account = 'x'",
            "SET enable_external_access = true", "RESET enable_external_access", "PRAGMA enable_external_access=true",
            "SET temp_directory = '/tmp'", "SELECT 1; DROP VIEW accesses", f"SELECT 1) TO '{evil}'; --",
            f"SELECT 1); COPY (SELECT 1) TO '{evil}'; SELECT (1", "CHECKPOINT", "CALL pragma_version()",
            "SELECT getenv('HOME')", "this is no SQL", "", ";", "SELECT * FROM nothing"):
    p = run("query", "--case", CASE, sql, check=None)
    report(p.returncode in (1, 2) and p.stderr.startswith(b"ashiato: ") and p.stdout == b"" or
           sql == "CALL pragma_version()" and p.returncode == 0,
           f"query refuses: {sql.replace(TMP, '')[:60]}", f"exit {p.returncode} {p.stdout[:200]} {p.stderr[:300]}")
same("query: nothing was written", glob.glob(evil + "*"), [])
same("query: all is as it was", len(rows("scope", CASE, "--all")), len(every))
same("query: comments and semicolons", rows("query", CASE, "SELECT 1 AS x -- one\n;\n"), [{"x": "1"}])

# --- the report ------------------------------------------------------------------------

with open(os.path.join(ROOT, "docs/report.schema.json"), encoding="utf-8") as f:
    SCHEMA = json.load(f)
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "null": type(None), "boolean": bool}
KNOWN = {"$schema", "$id", "$defs", "$ref", "title", "description", "type", "required", "properties", "items", "enum", "const",
         "allOf", "anyOf"}


def invalid(value, schema, where="$", besides=()):
    """What of the schema a value does not keep to: only the keywords it uses."""
    if set(schema) - KNOWN:
        return [f"{where}: unknown keywords {set(schema) - KNOWN}"]
    wrong = []
    if "$ref" in schema:
        wrong += invalid(value, SCHEMA["$defs"][schema["$ref"].split("/")[-1]], where, besides)
    for s in schema.get("allOf", []):
        wrong += invalid(value, s, where, schema.get("properties", {}))
    any_of = [invalid(value, s, where) for s in schema.get("anyOf", [])]
    if any_of and all(any_of):
        wrong += min(any_of, key=len)
    types = schema.get("type", list(TYPES))
    if not any(isinstance(value, TYPES[t]) and not (t == "integer" and isinstance(value, bool))
               for t in ([types] if isinstance(types, str) else types)) and "type" in schema:
        wrong.append(f"{where}: {value!r:.60} is no {types}")
    if "const" in schema and value != schema["const"]:
        wrong.append(f"{where}: {value!r:.80} is not {schema['const']!r:.80}")
    if "enum" in schema and value not in schema["enum"]:
        wrong.append(f"{where}: {value!r:.60} is none of {schema['enum']}")
    if isinstance(value, dict):
        wrong += [f"{where}: {k} is missing" for k in schema.get("required", []) if k not in value]
        properties = schema.get("properties", {})
        for k, v in value.items():
            if k in properties:
                wrong += invalid(v, properties[k], f"{where}.{k}")
            elif properties and "allOf" not in schema and k not in besides and not k.endswith("_base64"):
                wrong.append(f"{where}: {k} is not in the schema")
    if isinstance(value, list) and "items" in schema:
        for i, v in enumerate(value):
            wrong += invalid(v, schema["items"], f"{where}[{i}]")
    return wrong


for capture in sorted(os.listdir(CAPTURES)):
    with Case(os.path.join(CAPTURES, capture), options=["--year", "2026", "--tz", "Asia/Tokyo"], check=None) as c:
        same(f"{capture}: report.json keeps to its schema", invalid(c.report(), SCHEMA)[:5], [])
same("report.json keeps to its schema", invalid(case_of.report(), SCHEMA)[:5], [])
with open(os.path.join(CASE, "report.json"), "rb") as f:
    first = f.read()
with open(os.path.join(CASE, "report.html"), "rb") as f:
    page = f.read()
before = rows("query", CASE, "SELECT * FROM accesses ORDER BY id")
run("investigate", log, "--case", CASE, "--quiet")
same("the same again: nothing is added", rows("query", CASE, "SELECT * FROM accesses ORDER BY id") == before, True)
with open(os.path.join(CASE, "report.json"), "rb") as f:
    same("the same again: the same report", json.loads(f.read()), json.loads(first))
run("report", "--case", CASE)
with open(os.path.join(CASE, "report.json"), "rb") as f:
    same("report: byte for byte the same", f.read() == first, True)
run("report", "--case", CASE, "--lang", "ja")
same("report --lang ja", (case_of.report()["language"], invalid(case_of.report(), SCHEMA)[:5]), ("ja", []))
run("tracks", "accept", "T1", "--case", CASE, "--why", "a test")
run("tracks", "add", "--account", "ito", "--case", CASE)
run("report", "--case", CASE)
same("with decisions: it keeps to its schema", (len(case_of.report()["decisions"]), invalid(case_of.report(), SCHEMA)[:5]), (2, []))
loaded = re.findall(rb"""(?:\b(?:src|href|action|poster|data)\s*=\s*["']?|url\(\s*["']?|@import\s+["']|\bimport\(\s*["'])"""
                    rb"""((?:https?:)?//[^"')\s>]+)""", page)
same("report.html loads nothing", loaded, [])
report(re.search(rb"\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon", page) is None, "report.html asks nobody")

# --- the verdict for programs ---------------------------------------------------------

p = run("investigate", log, "--case", at("j"), "--json")
report(set(json.loads(p.stdout)) == {"verdict", "report"}, "investigate --json: the verdict", p.stdout)
same("investigate --json: progress is JSON lines", [l for l in p.stderr.splitlines() if not json.loads(l)], [])
told = [json.loads(l)["acknowledged"] for l in p.stderr.splitlines() if b"acknowledged" in l]
same("investigate --json: the last acknowledged position is the input's end",
     {k: told[-1][k] for k in ("input", "name", "state", "position")},
     {"input": 1, "name": log, "state": "complete", "position": os.path.getsize(log)})
p = run("investigate", log, "--case", at("q"), "--quiet")
same("--quiet: nothing on standard error", p.stderr, b"")

shutil.rmtree(case_of.dir)
shutil.rmtree(TMP)
finish()
