"""Small logs made to order, and runs whose memory and time are bounded."""
import datetime
import os
import re
import subprocess
import tempfile
import time

from lib import ASHIATO, report

JST = datetime.timezone(datetime.timedelta(hours=9))
BASE = datetime.datetime(2026, 11, 23, 9, 0, 0, tzinfo=JST)
SHARE = "/srv/share"
# Memory, and time where much is done, are of another order with the sanitizers.
with open(ASHIATO, "rb") as f:
    SANITIZED = b"__asan_init" in f.read()


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode()


def record(at, message, host="fs01"):
    """One line as rsyslog writes it; message is text or bytes."""
    stamp = (BASE + datetime.timedelta(seconds=at)).isoformat(timespec="microseconds")
    return f"{stamp} {host} smbd_audit: ".encode() + as_bytes(message) + b"\n"


def read_lines(path, at=0.0, user="kato", client="10.0.0.7", host="fs01", share="data",
               prefix="{user}|{client}|pc7|{share}"):
    """The records of one file that is opened and read."""
    who = prefix.format(user=user, client=client, share=share).encode() + b"|"
    return [record(at, who + b"create_file|ok|0x120089|file|open|" + as_bytes(path), host),
            record(at + 0.001, who + b"openat|ok|r|" + as_bytes(path), host),
            record(at + 0.002, who + b"pread_recv|ok|" + as_bytes(path), host)]


def file_name(i):
    return f"{SHARE}/経理部/file {i:04}.xlsx"


def reads(first, n, step=1.0, name=file_name, **who):
    """The lines of n files read one after the other."""
    return [line for i in range(first, first + n) for line in read_lines(name(i), i * step, **who)]


def names(first, n):
    return {file_name(i).encode() for i in range(first, first + n)}


def put(path, content):
    with open(path, "wb") as f:
        f.write(b"".join(content) if isinstance(content, list) else content)
    return path


class Measured:
    """A finished run with what it took."""

    def __init__(self, returncode, out, err, memory, seconds):
        self.returncode, self.stdout, self.stderr = returncode, out, err
        self.memory, self.seconds = memory, seconds


def measured(*args, env=None, stdin=None, limit=300):
    """Runs ashiato and measures the child itself."""
    if "asan" in ASHIATO:
        limit *= 5  # a bomb's thousand million newlines take minutes there
    e = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC", **(env or {}))
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.monotonic()
        p = subprocess.Popen([ASHIATO, *args], stdout=out, stderr=err, stdin=stdin, env=e)
        while True:
            pid, status, usage = os.wait4(p.pid, os.WNOHANG)
            if pid != 0:
                break
            if time.monotonic() - started > limit:
                p.kill()
                os.wait4(p.pid, 0)
                raise RuntimeError(f"ashiato {' '.join(args)}: not done after {limit} s")
            time.sleep(0.005)
        # What it worked, not what it waited: the machine may be busy with others.
        seconds = usage.ru_utime + usage.ru_stime
        p.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return Measured(p.returncode, out.read(), err.read(), usage.ru_maxrss << 10, seconds)


def bounded(name, run, megabytes=300, seconds=20):
    """Tells that a run stayed within its memory and time."""
    if not SANITIZED:
        report(run.memory < megabytes << 20 and run.seconds < seconds, f"{name}: bounded",
               f"{run.memory >> 20} MiB, {run.seconds:.1f} s")


def plain(*texts):
    """True if nothing in them can drive a terminal: no control characters, no
    line separators or direction marks of Unicode."""
    text = b"".join(texts).decode("utf-8", errors="surrogateescape")
    return re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\udc80-\udcff]",
                     text) is None
