"""report.json and report.html: the schema, the answer as plain markup, hostile names, lost bytes."""
import base64
import html
import json
import os
import re
import shutil
import tempfile

from lib import CAPTURES, ROOT, Case, finish, report, run, same

SCHEMA = os.path.join(ROOT, "docs/report.schema.json")
STRENGTH = ["read", "opened", "listed", "seen", "denied", "missing", "none"]
LOST = b"/srv/share/\xff\xfe.txt"
MARKUP = b"/srv/share/</script><script>alert(1)</script>.txt"


def validate(name, data):
    try:
        import jsonschema
    except ImportError:
        report(True, f"{name}: fits the schema # SKIP python3-jsonschema is not installed")
        return
    with open(SCHEMA, encoding="utf-8") as f:
        errors = list(jsonschema.Draft202012Validator(json.load(f)).iter_errors(data))
    report(not errors, f"{name}: fits the schema", "\n".join(e.message for e in errors))


def page_of(case):
    with open(os.path.join(case, "report.html"), encoding="utf-8") as f:
        return f.read()


def summary_of(page):
    return re.search(r'<div id="page">(<main class="plain" lang="(\w+)">.*?</main>)</div>', page, re.S)


def texts(markup, tag):
    return [html.unescape(t) for t in re.findall(rf"<{tag}[^>]*>([^<]*)</{tag}>", markup)]


def check_page(name, case, data):
    page = page_of(case)
    summary = summary_of(page)
    same(f"{name}: headline without a script", texts(summary[1], "h1"), [data["answer"]["headline"]])
    same(f"{name}: lines and limits without a script", texts(summary[1], "li"),
         data["answer"]["lines"] + data["limits"])
    same(f"{name}: no markup from logs", (page.count("<script"), page.count("</script")), (2, 2))
    inside = re.search(r'id="ashiato-data">(.*?)</script>', page, re.S)[1]
    same(f"{name}: the page holds report.json", json.loads(inside), data)


def check_numbers(name, data):
    line = data["timeline"]
    same(f"{name}: the timeline counts every access",
         sum(sum(s["values"]) for s in line["series"]), data["counts"]["all"]["accesses"])
    detail = line["detail"]
    report(detail is None or detail["bucket_s"] * 3 <= line["bucket_s"],
           f"{name}: a second count only where it is finer", detail and detail["bucket_s"])
    if detail is not None:
        for of in "track-read", "track-opened", "track-listed", "track-denied", "track-changed":
            both = [sum(s["values"]) for t in (line, detail) for s in t["series"] if s["name"] == of]
            same(f"{name}: both counts have every {of}", both[0], both[1])
    grades = [STRENGTH.index(r[4]) for r in data["files"]["rows"] if r[4] in STRENGTH]
    same(f"{name}: strongest first", grades, sorted(grades))


def hostile_inputs(folder):
    """The spray's intruder reads two more files, one by a name that is no UTF-8; a week before, one
    quiet record; and beside it a file whose own name is markup."""
    with open(os.path.join(CAPTURES, "spray/audit.log"), "rb") as f:
        lines = f.read().splitlines(keepends=True)
    early = next(x for x in lines if b"kato|" in x).replace(b"2026-11-24T02:09", b"2026-11-17T02:09")
    read = next(x for x in lines if b"kato|" in x and b"pread_recv|ok|" in x)
    last = max(i for i, x in enumerate(lines) if b"kato|" in x and b"|disconnect|" not in x)
    more = [read[:read.rindex(b"|") + 1] + path + b"\n" for path in (LOST, MARKUP)]
    with open(os.path.join(folder, "audit.log"), "wb") as f:
        f.writelines([early, *lines[:last + 1], *more, *lines[last + 1:]])
    shutil.copy(os.path.join(CAPTURES, "spray/auth_audit.json"), folder)
    with open(os.path.join(folder, "<script>&'x'.txt"), "w", encoding="utf-8") as f:
        f.write("no log\n")


def check_hostile():
    folder = tempfile.mkdtemp(prefix="ashiato-test-")
    try:
        hostile_inputs(folder)
        with Case(folder) as c:
            data = c.report()
            validate("hostile", data)
            check_page("hostile", c.case, data)
            check_numbers("hostile", data)
            report(any("<script>&'x'" in x for x in data["limits"]), "hostile: the odd file is named")
            exact = data["files"]["columns"].index("path_base64")
            rows = {tuple(x for x in r[exact:exact + 1] if x is not None): r for r in data["files"]["rows"]}
            lost = rows.get((base64.b64encode(LOST).decode(),))
            report(lost is not None and "\ufffd" in lost[1], "hostile: a row keeps the lost bytes", lost)
            report(any(r[1] == MARKUP.decode() and len(r) == exact for r in data["files"]["rows"]),
                   "hostile: other rows have none")
            check_japanese(c)
    finally:
        shutil.rmtree(folder)


def check_japanese(c):
    run("report", "--case", c.case, "--lang", "ja")
    data = c.report()
    same("ja: language", (data["language"], summary_of(page_of(c.case))[2]), ("ja", "ja"))
    words = [data["answer"]["headline"], *data["answer"]["lines"], *data["limits"], *data["method"]]
    foreign = [w for w in words if not re.search(r"[ぁ-んァ-ヶ一-龠]", w)]
    same("ja: every sentence is Japanese", foreign, [])


def main():
    for name in "ransom", "typical", "noreads", "guest":
        with Case(os.path.join(CAPTURES, name)) as c:
            data = c.report()
            validate(name, data)
            check_page(name, c.case, data)
            check_numbers(name, data)
    with Case(os.path.join(CAPTURES, "spray", "README.md"), check=None) as c:
        data = c.report()
        validate("no log", data)
        check_page("no log", c.case, data)
        same("no log: it cannot be told", data["answer"]["verdict"], "cannot-tell")
    check_hostile()
    finish()


if __name__ == "__main__":
    main()
