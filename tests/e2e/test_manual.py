#!/usr/bin/env python3
"""Help, manual pages, completions: all say what the option tables say."""
import os
import re
import subprocess
import tempfile

from lib import ASHIATO, ROOT, finish, report, run, same

BUILD = os.path.dirname(ASHIATO)
DOCS = os.path.join(BUILD, "docs")
with open(os.path.join(ROOT, "src/cli/commands.def"), encoding="utf-8") as f:
    COMMANDS = re.findall(r"^COMMAND\((\w+)\)", f.read(), re.M)


def tool(*args, env=None):
    p = subprocess.run(args, capture_output=True, text=True, timeout=60,
                       env=dict(os.environ, LC_ALL="C.UTF-8", **(env or {})))
    return p.returncode, p.stdout, p.stderr


same("help without a command", run("help").stdout, run("--help").stdout)
for c in COMMANDS:
    text = run(c, "--help").stdout
    same(f"help {c}", run("help", c).stdout, text)
    options = re.findall(r"^  (?:-(\w),|   ) --([a-z-]+)", text.decode(), re.M)
    page = os.path.join(DOCS, "man/man1", f"ashiato-{c}.1")
    _, shown, _ = tool("mandoc", "-Tutf8", page)
    shown = re.sub(r".\x08", "", shown)
    lost = [f"--{o}" for _, o in options if f"--{o}" not in shown]
    report(len(options) > 0 and not lost, f"manual of {c} has every option", lost)

pages = [os.path.join(d, n) for d, _, names in os.walk(os.path.join(DOCS, "man")) for n in names]
same("number of pages", len(pages), 2 * (len(COMMANDS) + 1))
rc, out, err = tool("mandoc", "-Tlint", "-Wwarning", *pages)
report(rc == 0, "mandoc finds nothing to warn of", out + err)
loud = [err for p in pages for _, _, err in [tool("man", "--warnings", "-l", p)] if err]
report(not loud, "groff finds nothing to warn of", loud)

_, out, _ = tool("mandoc", "-Tutf8", os.path.join(DOCS, "man/man1/ashiato.1"))
out = re.sub(r".\x08", "", out)
report(all(re.search(rf"^     +{c}\b", out, re.M) for c in COMMANDS), "ashiato(1) names every command", out)
with open(os.path.join(ROOT, "src/cli/cli.h"), encoding="utf-8") as f:
    codes = re.findall(r"#define ASH_EXIT_\w+ (\d+)", f.read())
report(all(re.search(rf"^     +{code}  ", out, re.M) for code in codes), "ashiato(1) names every exit code", codes)

# --- completions -------------------------------------------------------------

BASH = os.path.join(DOCS, "bash-completion/completions/ashiato")
ZSH = os.path.join(DOCS, "zsh/site-functions/_ashiato")
FISH = os.path.join(DOCS, "fish/vendor_completions.d/ashiato.fish")


def complete(*words):
    """What bash offers for the last word; "=" is a word of its own, as readline has it."""
    script = ('. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ashiato; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    _, out, err = tool("bash", "--norc", "-c", script, "bash", BASH, "ashiato", *words)
    return err.split() or sorted(out.split())


GRADES = ["deleted", "denied", "linked", "listed", "missing", "opened", "read", "renamed", "security", "seen",
          "written"]
same("bash: commands", complete(""), sorted(COMMANDS + ["--help", "--version"]))
same("bash: a command begun", complete("det"), ["detectors"])
same("bash: an option begun", complete("scope", "--se"), ["--server"])
same("bash: grades", complete("scope", "--grade", ""), GRADES)
same("bash: grades, short option", complete("scope", "-g", "re"), ["read", "renamed"])
same("bash: formats after =", complete("tracks", "--format", "="), ["csv", "json", "table", "tsv"])
same("bash: a format begun after =", complete("tracks", "--format", "=", "j"), ["json"])
same("bash: languages", complete("report", "--lang", ""), ["en", "ja"])
same("bash: what can be decided on tracks", complete("tracks", ""), ["accept", "add", "drop", "log", "reject", "split"])
same("bash: commands to explain", complete("help", "sho"), ["show"])
same("bash: nothing where anything can stand", complete("investigate", "--year", ""), [])
for c in COMMANDS:
    wanted = sorted("--" + o for o in re.findall(r"^  (?:-\w,|   ) --([a-z-]+)", run(c, "--help").stdout.decode(), re.M))
    same(f"bash: options of {c}", complete(c, "-"), wanted)
with tempfile.TemporaryDirectory() as d:
    os.mkdir(os.path.join(d, "a case"))
    open(os.path.join(d, "a log"), "w", encoding="utf-8").close()
    script = f'. {BASH}; cd "$1"; COMP_WORDS=(ashiato investigate "$2" "a"); [ "$2" ] || unset "COMP_WORDS[2]"; ' \
             'COMP_WORDS=("${COMP_WORDS[@]}"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _ashiato; ' \
             'printf "%s\\n" "${COMPREPLY[@]}"'
    same("bash: folders for --case", tool("bash", "-c", script, "bash", d, "--case")[1].splitlines(), ["a case"])
    same("bash: files for inputs", sorted(tool("bash", "-c", script, "bash", d, "")[1].splitlines()),
         ["a case", "a log"])
same("zsh: no syntax error", tool("zsh", "-n", ZSH), (0, "", ""))
same("fish: no syntax error", tool("fish", "-n", FISH), (0, "", ""))


def fish(line):
    with tempfile.TemporaryDirectory() as home:
        _, out, err = tool("fish", "-N", "-c", f'source {FISH}; complete -C "{line}"', env={"HOME": home})
        return err.split() or sorted(l.split("\t")[0] for l in out.splitlines())


same("fish: commands", fish("ashiato "), sorted(COMMANDS))
same("fish: grades", fish("ashiato scope --grade "), GRADES)
# zsh's own helpers replaced: what they would be asked to offer.
script = ('f() { _arguments() { print -rl -- "$@" }; _describe() { print -rl -- "${(@P)4}" }; '
          'words=(ashiato "$2" ""); CURRENT=$3; source "$1" }; f "$@"')
asked = tool("zsh", "-f", "-c", script, "zsh", ZSH, "scope", "3")[1]
offered = re.findall(r":GRADE:\(([^)]*)\)", asked)
same("zsh: grades", [sorted(o.split()) for o in offered], [GRADES, GRADES])
asked = tool("zsh", "-f", "-c", script, "zsh", ZSH, "", "2")[1]
report(all(re.search(rf"^{c}:", asked, re.M) for c in COMMANDS), "zsh: commands", asked)

# --- installed ---------------------------------------------------------------

with tempfile.TemporaryDirectory(prefix="ashiato-install-") as d:
    rc, out, err = tool("cmake", "--install", BUILD, "--prefix", "/usr", env={"DESTDIR": d})
    same("installs", (rc, err), (0, ""))
    there = {os.path.relpath(os.path.join(p, n), d) for p, _, names in os.walk(d) for n in names}
    for path in ("usr/bin/ashiato", "usr/lib/ashiato/libduckdb.so",
                 "usr/share/locale/ja/LC_MESSAGES/ashiato.mo", "usr/share/man/man1/ashiato.1",
                 "usr/share/man/man1/ashiato-scope.1", "usr/share/man/ja/man1/ashiato-scope.1",
                 "usr/share/bash-completion/completions/ashiato", "usr/share/zsh/site-functions/_ashiato",
                 "usr/share/fish/vendor_completions.d/ashiato.fish"):
        report(path in there, f"installed: {path}", sorted(there))
    rc, out, err = tool(os.path.join(d, "usr/bin/ashiato"), "--version")
    report(rc == 0, "installed: runs", out + err)

finish()
