#!/usr/bin/env python3
"""Times without a year that come through a pipe: the newest is not later than now."""
import datetime
import os
import subprocess
import tempfile

from lib import ASHIATO, finish, rows, same

now = datetime.datetime.now(datetime.timezone.utc)
times = [now - datetime.timedelta(days=d) for d in (200, 100, 1)]
log = "".join(f"{t:%b} {t.day:2d} {t:%H:%M:%S} fs01 smbd_audit: kato|10.0.0.5|ws1|data|pread_recv|ok|/srv/f{i}\n"
              for i, t in enumerate(times))
with tempfile.TemporaryDirectory(prefix="ashiato-test-") as d:
    case = os.path.join(d, "case")
    p = subprocess.run([ASHIATO, "investigate", "-", "--case", case, "--tz", "UTC", "--quiet"],
                       input=log.encode(), stdout=subprocess.DEVNULL, check=False)
    same("exit code", p.returncode, 0)
    got = [r["first"][:10] for r in rows("scope", case, "--all")]
    same("days", got, [f"{t:%Y-%m-%d}" for t in times])
finish()
