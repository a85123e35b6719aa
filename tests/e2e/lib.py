"""What the end-to-end tests share: running ashiato, TAP output."""
import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ASHIATO = os.environ.get("ASHIATO", os.path.join(ROOT, "build/release/ashiato"))
CAPTURES = os.path.join(ROOT, "tests/captures")
# Samples that may not be part of this repository; tests on them say so where they are absent.
SAMPLES = os.environ.get("ASHIATO_SAMPLES", os.path.join(ROOT, "../shared/data"))
# Cases are sealed with a key of the tests, never the user's own.
KEYS = tempfile.mkdtemp(prefix="ashiato-keys-")
atexit.register(shutil.rmtree, KEYS, ignore_errors=True)
os.environ["ASHIATO_KEY"] = os.path.join(KEYS, "ledger.key")
os.environ["XDG_CONFIG_HOME"] = KEYS
count = 0
failures = 0


def report(good, name, detail=""):
    global count, failures
    count += 1
    failures += not good
    print(("ok" if good else "not ok"), count, "-", name, flush=True)
    if not good and detail:
        for line in str(detail).splitlines()[:20]:
            print("#", line, flush=True)


def same(name, got, expected):
    if isinstance(got, (set, frozenset)) and got != expected:
        missing, extra = sorted(expected - got), sorted(got - expected)
        report(False, name, f"missing {len(missing)}: {missing[:5]}\nextra {len(extra)}: {extra[:5]}")
    else:
        report(got == expected, name, f"expected {expected!r}\ngot      {got!r}")


def run(*args, check=0, env=None, stdin=None, timeout=300, cwd=None):
    """Runs ashiato; check is the expected exit code, None for any."""
    e = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC")
    e.pop("LANGUAGE", None)
    e.update(env or {})
    p = subprocess.run([ASHIATO, *args], capture_output=True, env=e, stdin=stdin, timeout=timeout,
                       cwd=cwd)
    if check is not None and p.returncode != check:
        raise RuntimeError(f"ashiato {' '.join(args)}: exit {p.returncode}, expected {check}\n"
                           f"{p.stderr.decode(errors='replace')[-2000:]}")
    return p


def rows(command, case, *args):
    return json.loads(run(command, "--case", case, "--format", "json", *args).stdout)


class Case:
    """A case in a temporary folder, removed at the end."""

    def __init__(self, *inputs, options=(), check=0):
        self.dir = tempfile.mkdtemp(prefix="ashiato-test-")
        self.case = os.path.join(self.dir, "case")
        self.out = run("investigate", *inputs, "--case", self.case, "--quiet", *options, check=check)

    def scope(self, *args):
        return rows("scope", self.case, "--all", *args)

    def report(self):
        with open(os.path.join(self.case, "report.json"), encoding="utf-8") as f:
            return json.load(f)

    def __enter__(self):
        return self

    def __exit__(self, *a):
        shutil.rmtree(self.dir)


def exact(row, key="path"):
    """The bytes of a value that may not be UTF-8."""
    import base64
    b = row.get(key + "_base64")
    return base64.b64decode(b) if b is not None else row[key].encode()


def skipped(name, why):
    """A test that cannot be made here."""
    global count
    count += 1
    print("ok", count, "-", name, "# SKIP", why, flush=True)


def finish():
    print(f"1..{count}")
    sys.exit(1 if failures else 0)
