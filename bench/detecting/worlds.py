"""One world: simulated, investigated, measured, deleted."""
import hashlib
import json
import os
import shutil
import subprocess
import tempfile

from . import matching

# scenario: users, days, files, actions a person and day. Slow ones need people to hide among and
# weeks to learn; loud ones need neither.
SIZES = {
    "benign": (300, 30, 6000, 40),
    "look-alikes": (300, 30, 6000, 40),
    "troubled": (300, 30, 6000, 40),
    "slow-then-scan": (1000, 45, 12000, 20),
    "slow-vpn": (1000, 45, 12000, 20),
    "insider": (300, 60, 6000, 40),
    "fast-scan": (300, 15, 6000, 40),
    "throttled-scan": (300, 20, 6000, 40),
    "ransomware": (300, 15, 6000, 40),
    "spraying": (300, 15, 6000, 40),
}
TINY = (40, 6, 1000, 20)


def digest(program):
    """Names a build, so that results of two are never mixed."""
    with open(program, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()[:12]


def key_of(scenario, form, config, seed, size):
    return "\t".join(str(v) for v in (scenario, form, config, seed, *size))


def run(program, *args, timeout, env=None):
    p = subprocess.run([program, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
                       env=dict(os.environ, LC_ALL="C.UTF-8", **(env or {})))
    if p.returncode not in (0, 5):  # 5: not everything is covered
        raise RuntimeError(f"ashiato {' '.join(args)}: exit code {p.returncode}\n{p.stderr.decode(errors='replace')[-1000:]}")
    return p.stdout


def measure(program, scratch, scenario, form, config, seed, size, timeout=3600):
    """A dictionary; nothing stays on the disk."""
    users, days, files, actions = size
    folder = tempfile.mkdtemp(prefix="detection-", dir=scratch)
    env = {"ASHIATO_KEY": os.path.join(folder, "key")}
    try:
        out, case = os.path.join(folder, "out"), os.path.join(folder, "case")
        run(program, "simulate", scenario, "--seed", str(seed), "--users", str(users), "--days", str(days), "--files",
            str(files), "--actions", str(actions), "--format", form, "--config", config, "--out", out, timeout=timeout)
        logs = sorted(os.path.join(out, n) for n in os.listdir(out) if n.startswith("fs"))
        run(program, "investigate", *logs, "--case", case, "--quiet", "--no-seal", timeout=timeout, env=env)
        for log in logs:
            shutil.rmtree(log)
        found = json.loads(run(program, "findings", "--case", case, "--format", "json", timeout=timeout, env=env))
        return matching.measure(found, matching.read_truth(out, json.load))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
