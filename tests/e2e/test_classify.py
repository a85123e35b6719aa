#!/usr/bin/env python3
"""classify: what is in the files that were touched, and why some cannot be read."""
import fcntl
import json
import os
import pty
import shutil
import signal
import sqlite3
import struct
import subprocess
import tempfile
import termios
import time

import documents
from lib import ASHIATO, ROOT, Case, finish, report, rows, run, same

CAPTURE = [os.path.join(ROOT, "demo/capture", f) for f in ("audit.log.xz", "auth_audit.json")]
BEFORE, AFTER = 1760000000, 1900000000
PERSON = "氏名\t電話\tメール\n山田太郎\t090-1234-5678\tyamada.taro@example.co.jp\n"


def classify(case, *args, check=0):
    return json.loads(run("classify", "--case", case, "--quiet", "--json", *args, check=check).stdout)


def table(case, sql):
    c = sqlite3.connect(f"file:{os.path.join(case, 'case.sqlite')}?mode=ro", uri=True)
    try:
        return c.execute(sql).fetchall()
    finally:
        c.close()


def on_terminal(*args):
    """(exit code, what it printed) on a terminal of 160 columns."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
    p = subprocess.Popen([ASHIATO, *args], stdin=side, stdout=side, stderr=side)
    os.close(side)
    out = b""
    try:
        while chunk := os.read(main, 65536):
            out += chunk
    except OSError: # how Linux says that the other side is closed
        pass
    os.close(main)
    return p.wait(timeout=30), out.decode()


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(x) for x in f.read().split()]
    except FileNotFoundError:
        return []


tree = tempfile.mkdtemp(prefix="ashiato-test-")
try:
    with Case(*CAPTURE) as c:
        files = [r for r in rows("scope", c.case) if r["grade"] in ("read", "opened")]
        same("nothing is claimed before", (c.report()["content"], files[0]["content"], files[0]["classes"]),
             (None, None, None))
        report(b"content of files was not examined" in c.out.stdout, "the answer says so", c.out.stdout.decode())
        run("scope", "--case", c.case, "--class", "phone", check=1)
        paths = sorted({r["path"] for r in files})
        at = lambda i: os.path.join(tree, *paths[i].split("/")[3:])
        for i, p in enumerate(paths):
            os.makedirs(os.path.dirname(at(i)), exist_ok=True)
            with open(at(i), "wb") as f:
                f.write(documents.docx("%d のメモ" % i) if i > 8 else PERSON.encode("cp932"))
            os.utime(at(i), (BEFORE, BEFORE))
        os.utime(at(1), (AFTER, AFTER))
        os.remove(at(2))
        os.remove(at(3))
        os.symlink("/etc/passwd", at(3))
        os.remove(at(4))
        os.mkfifo(at(4))
        with open(at(5), "wb") as f:
            f.write(documents.locked_zip("a.txt", b"x" * 50))
        os.truncate(at(6), 1 << 40)
        with open(at(7), "wb") as f:
            f.write(documents.docx("x")[:150])
        accessed = os.stat(at(0)).st_atime_ns

        got = classify(c.case, "--files", tree)
        same("all are looked for", got["files"], len(paths))
        same("why some cannot be read",
             {k: v for k, v in got["outcomes"].items() if k != "ok"},
             {"gone": 1, "link": 1, "not-a-file": 1, "encrypted": 1, "too-large": 1, "damaged": 1})
        same("one content is read once", table(c.case, "select count(*) from contents where kind = 'text'"), [(1,)])
        same("no access time was touched", os.stat(at(0)).st_atime_ns, accessed)

        scope = {r["path"]: r for r in rows("scope", c.case)}
        report("phone=1" in scope[paths[0]]["classes"] and "email=1" in scope[paths[0]]["classes"],
               "scope names classes", scope[paths[0]])
        same("and what came of each", [scope[paths[i]]["content"] for i in range(8)],
             ["ok", "ok", "gone", "link", "not-a-file", "encrypted", "too-large", "damaged"])
        same("changed after it was read", [scope[paths[i]]["changed_after"] for i in (0, 1)], ["no", "yes"])
        phones = rows("scope", c.case, "--class", "phone")
        same("--class", {r["path"] for r in phones}, {paths[0], paths[1], paths[8]})
        text = run("classify", "--case", c.case, "--files", tree, "--quiet").stdout.decode()
        report("known from an earlier run" in text, "a second run reads nothing again", text)
        again = classify(c.case, "--files", tree)
        same("unchanged ones are known", (again["read"], again["unchanged"]), (0, len(paths) - 4))
        same("nothing found was copied",
             [r for r in table(c.case, "select * from classes") + table(c.case, "select persons from contents")
              if "yamada" in repr(r) or "1234" in repr(r)], [])

        with open(at(0), "ab") as f:
            f.write(b"x")
        same("a file that changed is read again", classify(c.case, "--files", tree)["read"], 1)

        run("report", "--case", c.case)
        scope_now = {r["path"]: r for r in rows("scope", c.case)}
        content = c.report()["content"]
        same("the report counts files", (content["files"], content["with_classes"] >= 3, content["changed_after"]),
             (len(paths), True, 5))
        report("phone" in {k["class"] for k in content["classes"]}, "and classes", content)
        listed = c.report()["files"]
        by_path = {r[listed["columns"].index("path")]: dict(zip(listed["columns"], r)) for r in listed["rows"]}
        same("and has the columns of scope",
             [(by_path[p]["content"], by_path[p]["classes"]) for p in paths], [(scope_now[p]["content"], scope_now[p]["classes"] or "") for p in paths])
        same("query has them too",
             rows("query", c.case, "SELECT count(*) AS n FROM files f JOIN classes c USING (content) JOIN contents k "
                  "USING (content) WHERE c.class = 'phone' AND c.count > 0 AND k.outcome = 'ok'"), [{"n": "3"}])
        same("one person, in however many files", content["persons"]["estimate"], 1)
        run("verify", "--case", c.case)

        people = os.path.join(tree, "people.csv")
        with open(people, "w") as f:
            f.write("氏名,電話,メール\n" + "".join(f"山田太郎,090-1234-{i:04},taro{i}@example.co.jp\n" for i in range(20)))
        p = run("classify", "--case", c.case, "--reveal", people, check=2)
        report(p.stdout == b"" and b"terminal only" in p.stderr, "samples go to no file or pipe", p)
        code, out = on_terminal("classify", "--case", c.case, "--reveal", people)
        report(code == 0 and "山***" in out and "09******" in out, "samples on a terminal", (code, out))
        report("山田" not in out and "1234" not in out and "example.co.jp" not in out, "are masked", out)
        same("five of a class", len([l for l in out.splitlines() if l.startswith("email")]), 5)
        acts = json.loads(run("custody", "--case", c.case, "--json").stdout)
        report(any(people in a["what"] and "--reveal" in a["what"] for a in acts if a["act"] == "run"),
               "the ledger says who asked, and for what", acts)
        code, out = on_terminal("classify", "--case", c.case, "--reveal", at(3))
        report(code == 1 and "symbolic link" in out, "no link is followed", (code, out))
        os.remove(people)
        run("verify", "--case", c.case)

    with Case(*CAPTURE, options=["--files", tree]) as c:
        same("investigate --files does it at once", c.report()["content"]["files"], len(paths))
        report(b"What was in them?" in c.out.stdout, "and its answer says what", c.out.stdout.decode())

    with Case(*CAPTURE) as c:
        share = sorted({r["share"] for r in files})[0]
        same("--map names a share's folder", classify(c.case, "--map", f"{share}={tree}")["files"], len(paths))
        run("classify", "--case", c.case, "--map", "nonsense", check=2)
        run("classify", "--case", c.case, check=2)
        rules = os.path.join(tree, "rules.yaml")
        with open(rules, "w") as f:
            f.write("#" * ((256 << 10) + 1))
        p = run("classify", "--case", c.case, "--files", tree, "--rules", rules, check=None)
        report(p.returncode == 1 and b"larger than 262144 bytes" in p.stderr, "a file of rules has a limit", p.stderr)
        os.remove(rules)
        run("classify", "--case", c.case, "--files", os.path.join(tree, "nowhere"), check=2)

    # A whole tree, stopped in the middle and continued.
    many = os.path.join(tree, "many")
    os.mkdir(many)
    for i in range(800):
        with open(os.path.join(many, f"{i}.txt"), "w") as f:
            f.write(f"memo {i}\n" * 20000)
    with Case(*CAPTURE) as c:
        p = subprocess.Popen([ASHIATO, "classify", "--case", c.case, "--files", many, "--all", "--json"],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        p.stderr.readline() # progress: it has begun
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=60)
        first = json.loads(out)
        report(p.returncode == 130 and 0 < first["files"] < 800, "stopped in the middle", (p.returncode, out, err))
        second = classify(c.case, "--files", many, "--all")
        same("and continued", (second["files"], second["unchanged"]), (800, first["read"]))
        same("every file has its row", table(c.case, "select count(*) from files where outcome = 'ok'"), [(800,)])
        run("verify", "--case", c.case)
    # Helpers that are killed cost the files they had, which are named; the next run reads them.
    with Case(*CAPTURE) as c:
        p = subprocess.Popen([ASHIATO, "classify", "--case", c.case, "--files", many, "--all", "--json", "--helpers", "2"],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        p.stderr.readline()
        for _ in range(3):
            for nursery in children(p.pid):
                for helper in children(nursery)[:1]:
                    os.kill(helper, signal.SIGKILL)
            time.sleep(0.2)
        got = json.loads(p.communicate(timeout=100)[0])
        killed = got["outcomes"].get("killed", 0)
        report(p.returncode == 0 and 1 <= killed <= 3 and got["outcomes"]["ok"] == 800 - killed,
               "killed helpers cost the files they had", got)
        same("which are named", table(c.case, "select count(*) from files where outcome = 'killed'"), [(killed,)])
        again = classify(c.case, "--files", many, "--all")
        same("and read by the next run", (again["read"], again["outcomes"]), (killed, {"ok": 800}))
finally:
    shutil.rmtree(tree)
finish()
