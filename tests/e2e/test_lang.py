#!/usr/bin/env python3
"""Japanese: complete, up to date, aligned, and nothing but words differs."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unicodedata

from lib import ASHIATO, CAPTURES, ROOT, finish, report, run, same

PO = os.path.join(ROOT, "po")
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def tool(*args):
    p = subprocess.run(args, cwd=ROOT, capture_output=True, text=True, timeout=60)
    return p.returncode, (p.stdout + p.stderr).strip()


# --- the catalogue -----------------------------------------------------------

rc, out = tool("tools/update-po", "--check")
report(rc == 0, "po files are up to date with the sources (tools/update-po)", out)
for name in sorted(n for n in os.listdir(PO) if n.endswith(".po")):
    path = os.path.join(PO, name)
    rc, out = tool("msgfmt", "--check", "--statistics", "-o", "/dev/null", path)
    report(rc == 0 and "fuzzy" not in out and "untranslated" not in out, f"{name} is complete and well formed", out)
    _, out = tool("msgattrib", "--no-wrap", path)
    bare = [b for b in out.split("\n\n")[1:] if not re.search(r"[^\x00-\x7f]", b)]
    report(not bare, f"{name}: no message is left in English", "\n".join(bare))
with open(os.path.join(PO, "ja.po"), encoding="utf-8") as f:
    text = f.read()
WRONG = ("追跡", "検出", "カバレッジ", "レコード", "閲覧", "クライアント", "サーバ[^ー]", "ユーザ[^ー]", "フォルダ[^ー]",
         "メモリ[^ー]", "[０-９Ａ-Ｚａ-ｚ]")
same("ja.po keeps to the terms of po/README.md", [w for w in WRONG if re.search(w, text)], [])

# --- language is chosen by option and environment; no locale is installed -----

FIRST = {"en": "Usage", "ja": "使い方"}
for name, args, env, lang in (
        ("--lang ja", ["--lang", "ja"], {}, "ja"),
        ("--lang=ja", ["--lang=ja"], {}, "ja"),
        ("LANG", [], {"LC_ALL": "", "LANG": "ja_JP.UTF-8"}, "ja"),
        ("LC_MESSAGES before LANG", [], {"LC_ALL": "", "LC_MESSAGES": "ja", "LANG": "C"}, "ja"),
        ("LC_ALL before LANG", [], {"LC_ALL": "C", "LANG": "ja_JP.UTF-8"}, "en"),
        ("--lang before the environment", ["--lang", "en"], {"LC_ALL": "ja_JP.UTF-8"}, "en"),
        ("LANGUAGE does not undo --lang", ["--lang", "ja"], {"LANGUAGE": "en"}, "ja"),
        ("an unknown language", [], {"LC_ALL": "xx_XX.UTF-8"}, "en")):
    same(f"language: {name}", run("scope", "--help", *args, env=env).stdout.decode().split(":")[0], FIRST[lang])
same("language: --lang nonsense is refused", run("scope", "--lang", "fr", check=2).stdout, b"")
p = run("scope", "--case", "/nonexistent", "--lang", "ja", check=None)
report(p.returncode != 0 and JAPANESE.search(p.stderr.decode()), "error messages are Japanese", p.stderr)

with tempfile.TemporaryDirectory(prefix="ashiato-install-") as d:
    subprocess.run(["cmake", "--install", os.path.dirname(ASHIATO), "--prefix", d], check=True, capture_output=True)
    p = subprocess.run([os.path.join(d, "bin/ashiato"), "scope", "--help"], capture_output=True,
                       env={"LANG": "ja_JP.UTF-8", "PATH": "/usr/bin"}, check=True)
    report(p.stdout.decode().startswith("使い方"), "installed: finds its catalogue", p.stdout)

# --- one case in two languages -------------------------------------------------

# What is a sentence in report.json; all else must be the same.
TEXTS = {"headline", "paragraph", "lines", "limits", "method", "message", "advice", "text", "remarks", "problem", "language",
         "detail", "reason", "title", "words", "decides"}


def is_texts(key, value, texts):
    """`reasons` of the first footprint are sentences, those of an input are objects."""
    return key in texts or key == "reasons" and value and isinstance(value[0], str)


def without_texts(value, texts):
    if isinstance(value, dict):
        return {k: None if is_texts(k, v, texts) else without_texts(v, texts) for k, v in value.items()}
    return [without_texts(v, texts) for v in value] if isinstance(value, list) else value


def sentences(value, texts):
    if isinstance(value, dict):
        for k, v in value.items():
            yield from ([(k, t) for t in (v if isinstance(v, list) else [v]) if isinstance(t, str)]
                        if k in texts else sentences(v, texts))
    elif isinstance(value, list):
        for v in value:
            yield from sentences(v, texts)


def width(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def columns(header, line):
    """The line cut where the header's titles begin, by columns of the terminal."""
    starts = []
    for m in re.finditer(r"\S+(?: \S+)*", header):
        starts.append(width(header[:m.start()]))
    at, cells, now = 0, [""] * len(starts), -1
    for c in line:
        while now + 1 < len(starts) and at >= starts[now + 1]:
            now += 1
        if now >= 0:
            cells[now] += c
        at += width(c)
    return starts, cells


work = tempfile.mkdtemp(prefix="ashiato-test-")
try:
    case = os.path.join(work, "case")
    inputs = [os.path.join(CAPTURES, n) for n in ("spray", "ransom", "noreads", "ratelimit", "truncated")]
    out = run("investigate", *inputs, "--case", case, "--quiet", "--year", "2026", "--tz", "Asia/Tokyo",
              "--lang", "ja").stdout.decode()

    def written():
        with open(os.path.join(case, "report.json"), encoding="utf-8") as f:
            return json.load(f)

    reports = {"ja": written()}
    run("report", "--case", case, "--lang", "en")
    reports["en"] = written()
    run("report", "--case", case, "--lang", "ja")
    same("`report --lang ja` after `report --lang en`: the first report again", written(), reports["ja"])
    same("report.json says its language", [reports[l]["language"] for l in ("en", "ja")], ["en", "ja"])
    same("report.json differs in sentences only", without_texts(reports["ja"], TEXTS),
         without_texts(reports["en"], TEXTS))
    spoken = [(k, t) for k, t in sentences(reports["ja"], {"headline", "paragraph", "lines", "limits", "method", "message", "text", "title", "words", "decides"})]
    mute = [s for s in spoken if s[1] and not JAPANESE.search(s[1])]
    report(len(spoken) > 10 and not mute, "every sentence of the ja report is Japanese", mute)
    with open(os.path.join(case, "report.html"), encoding="utf-8") as f:
        report(json.dumps(reports["ja"]["answer"]["headline"], ensure_ascii=False) in f.read(),
               "report.html holds the ja report")

    wide = [l for l in out.splitlines() if width(l) > 102 and ": " not in l]
    report(not wide, "the answer is wrapped by columns of the terminal", wide)
    heads = [l for l in out.splitlines() if re.match(r"\s*[、。）：]", l)]
    heads += [l for l in out.splitlines() if l.endswith("（")]
    report(not heads, "no line of the answer begins with closing or ends with opening punctuation", heads)

    words = {"ja": set(), "en": set()}
    for command, translated in (("scope", ["証拠"]), ("findings", ["重大度", "種類"]), ("tracks", ["状態", "確度"]),
                                ("coverage", ["状態"])):
        args = ["--all"] if command == "scope" else []
        header, *lines = run(command, "--case", case, "--lang", "ja", *args).stdout.decode().splitlines()
        if "" in lines:
            lines = lines[:lines.index("")]  # what to do next follows the table
        data = json.loads(run(command, "--case", case, "--lang", "ja", "--json", *args).stdout)
        same(f"{command}: rows", len(lines), len(data))
        crooked = []
        for line in lines:
            starts, cells = columns(header, line)
            # The blanks that part two columns are where the header has them.
            crooked += [line for c in cells[:-1] if c and not c.endswith("  ")]
            bad = [cells[i] for i, t in enumerate(header.split()) if t in translated and
                   re.search(r"[a-z]", cells[i])]
            crooked += bad
        report(len(lines) > 0 and not crooked, f"{command}: the ja table is aligned, its words translated",
               "\n".join([header, *crooked[:5]]))
        for lang in ("ja", "en"):
            keys = ("grade", "severity", "kind", "status", "confidence", "state")
            got = json.loads(run(command, "--case", case, "--lang", lang, "--json", *args).stdout)
            words[lang] |= {(k, r[k]) for r in got for k in keys if k in r}
    same("stable words are the same in every language", words["ja"], words["en"])
    for command in ("sources", "detectors"):
        text = run(command, "--lang", "ja").stdout.decode()
        report(all(JAPANESE.search(l) for l in text.splitlines() if re.match(r"\S+ ", l)), f"{command} in Japanese", text)
finally:
    shutil.rmtree(work)

finish()
