"""A recorder that runs while a test writes."""
import json
import os
import signal
import socket
import subprocess
import time

from lib import ASHIATO


class Watch:
    """A running recorder."""

    def __init__(self, d, *args, wait=True, preexec=None):
        self.case = os.path.join(d, "case")
        env = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC")
        env.pop("LANGUAGE", None)
        self.out = open(os.path.join(d, "out"), "ab")
        self.p = subprocess.Popen([ASHIATO, "watch", *args, "--case", self.case, "--json"], env=env,
                                  stdout=self.out, stderr=open(os.path.join(d, "err"), "ab"),
                                  preexec_fn=preexec)
        if wait:
            self.until(lambda s: s["state"] == "watching" and s["pid"] == self.p.pid)

    def status(self):
        try:
            with open(os.path.join(self.case, "live/status.json")) as f:
                return json.load(f)
        except (OSError, ValueError):
            return None

    def until(self, good, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            s = self.status()
            if s is not None and s["state"] != "catching-up" and good(s):
                return s
            if self.p.poll() is not None:
                break
            time.sleep(0.02)
        return None

    def end(self, sig=signal.SIGTERM):
        self.p.send_signal(sig)
        rc = self.p.wait(60)
        self.out.close()
        return rc


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
