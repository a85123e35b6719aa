"""A Windows file server with people working on it, its Security log, and what really
happened.

These cases are built: no public log of a Windows file server shows clients reading
files. The layouts are documented ones (winlayouts.py); which events an action leaves,
and in which order, follows Microsoft's pages on each event and those quoted for FSx.

    case = make(seed=1)
    winlog.put_evtx("Security.evtx", case.events)
    case.truth[("kato", "10.1.2.11")].read   # {("Finance", "2026\\budget.xlsx"), ...}

The same seed makes the same case."""
import datetime
import heapq
import random

from winlog import UTC, Event, numbered, ticks

START = datetime.datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DOMAIN_SID = "S-1-5-21-1004336348-1177238915-682003330"
SYSTEM_LOGON = 0x3E7
# Access masks as clients ask for them ([MS-SMB2] 2.2.13.1).
READ, WRITE, APPEND, DELETE, ATTRIBUTES = 0x1, 0x2, 0x4, 0x10000, 0x80
OPEN_READ, OPEN_WRITE, OPEN_LIST, OPEN_DELETE, OPEN_LOOK = 0x120089, 0x12019F, 0x100081, 0x110080, 0x100080
OBJECT_AUDIT, SHARE_AUDIT = {4656, 4658, 4659, 4660, 4663}, {5140, 5145}
LOGONS = {4624, 4634, 4647, 4672, 4776}


class Deeds:
    """What one account did from one client. Paths are (share, path below it)."""

    def __init__(self):
        self.read, self.opened, self.listed, self.looked = set(), set(), set(), set()
        self.denied, self.written, self.deleted, self.renamed = set(), set(), set(), set()
        self.saved = set()      # documents saved the way Word does; written has them too
        self.temporary = set()  # files of that way, gone again
        self.first = self.last = None

    def only_opened(self):
        return self.opened - self.read


class Gone(Exception):
    """The server was restarted, or the session has ended."""


class Session:
    """A network logon. logon: its LogonId. What its actions did is noted once its events are written."""

    def __init__(self, server, account, client, workstation, machine=False):
        self.server, self.account, self.client, self.workstation = server, account, client, workstation
        self.machine, self.boot = machine, server.boot
        self.logon, self.port = server.new_logon(), server.rng.randrange(49152, 65535)
        self.shares = set()
        self.subject = {"SubjectUserSid": server.sid(account), "SubjectUserName": account,
                        "SubjectDomainName": server.domain, "SubjectLogonId": self.logon}
        target = {k.replace("Subject", "Target"): v for k, v in self.subject.items()}
        kerberos = server.rng.random() < 0.6
        if not kerberos:
            server.log(4776, PackageName="MICROSOFT_AUTHENTICATION_PACKAGE_V1_0", TargetUserName=account,
                       Workstation=workstation, Status=0)
        server.log(4624, **target, LogonType=3, LogonProcessName="Kerberos" if kerberos else "NtLmSsp ",
                   AuthenticationPackageName="Kerberos" if kerberos else "NTLM",
                   WorkstationName="-" if kerberos else workstation, LmPackageName="-" if kerberos else "NTLM V2",
                   KeyLength=0 if kerberos else 128, IpAddress=client, IpPort=str(self.port),
                   ImpersonationLevel="%%1833", VirtualAccount="%%1843", ElevatedToken="%%1842")
        self.target = target

    @property
    def alive(self):
        return self.boot == self.server.boot

    @property
    def deeds(self):
        return self.server.did(self.account, self.client)

    def log_off(self):
        if self.alive:
            self.server.log(4634, **self.target, LogonType=3)
            self.boot = -1

    def connect(self, share):
        if not self.alive:
            raise Gone
        if share not in self.shares:
            self.shares.add(share)
            self.server.log(5140, **self.subject, ObjectType="File", IpAddress=self.client, IpPort=str(self.port),
                            ShareName=f"\\\\*\\{share}", ShareLocalPath=self.server.root(share), AccessMask=READ)

    def check(self, where, mask, failure=False):
        """5145: what the share lets the client do."""
        share, path = where
        self.connect(share)
        self.server.log(5145, failure=failure, **self.subject, ObjectType="File", IpAddress=self.client,
                        IpPort=str(self.port), ShareName=f"\\\\*\\{share}", ShareLocalPath=self.server.root(share),
                        RelativeTargetName=path or "\\", AccessMask=mask)

    def open(self, where, mask):
        self.check(where, mask)
        return Handle(self, where, mask)

    # The actions: generators of the seconds until they go on.

    def read_file(self, where):
        h = self.open(where, OPEN_READ)
        self.deeds.opened.add(where)
        yield self.server.rng.uniform(0.001, 0.02)
        h.use(READ)
        self.deeds.read.add(where)
        yield self.server.rng.uniform(0.01, 3)
        h.close()

    def open_file(self, where):
        """A handle that may read, and does not."""
        h = self.open(where, OPEN_READ)
        self.deeds.opened.add(where)
        yield self.server.rng.uniform(0.01, 1)
        h.close()

    def look_at(self, where):
        h = self.open(where, OPEN_LOOK)
        h.use(ATTRIBUTES)
        self.deeds.looked.add(where)
        yield 0.001
        h.close()

    def list_folder(self, where):
        h = self.open(where, OPEN_LIST)
        h.use(READ)
        self.deeds.listed.add(where)
        yield self.server.rng.uniform(0.001, 0.01)
        h.close()

    def be_denied(self, where, by_share):
        """Refused by the share: 5145 says so. By the file's own rights: 5145 succeeds, 4656 fails."""
        self.check(where, OPEN_READ, failure=by_share)
        if not by_share:
            self.server.log(4656, failure=True, **self.subject, ObjectServer="Security", ObjectType="File",
                            ObjectName=self.server.local(where), AccessMask=OPEN_READ, ProcessId=4, ProcessName="")
        self.deeds.denied.add(where)
        yield 0.01

    def write_file(self, where, note=True):
        h = self.open(where, OPEN_WRITE)
        yield 0.005
        h.use(WRITE)
        yield 0.05
        h.use(APPEND)
        h.close()
        self.server.files.add(where)
        if note:
            self.deeds.written.add(where)

    def delete_file(self, where, note=True):
        h = self.open(where, OPEN_DELETE)
        h.use(DELETE)
        yield 0.001
        h.deleted()
        h.close()
        self.server.files.discard(where)
        if note:
            self.deeds.deleted.add(where)

    def rename_file(self, where, to, note=True):
        """The right to delete is used, and nothing is deleted. The new name is met when it is looked at."""
        h = self.open(where, OPEN_DELETE)
        h.use(DELETE)
        yield 0.001
        h.close()
        self.server.files.discard(where)
        self.server.files.add(to)
        look = self.open(to, OPEN_LOOK)
        look.use(ATTRIBUTES)
        look.close()
        if note:
            self.deeds.renamed.add((where, to))

    def save_in_word(self, where):
        """Owner file, new content in a temporary file, two renames, the old content deleted."""
        share, path = where
        folder, _, name = path.rpartition("\\")
        beside = lambda n: (share, f"{folder}\\{n}" if folder else n)
        owner = beside("~$" + name[2:] if len(name) > 7 else "~$" + name)
        number = self.server.rng.randrange(10000)
        new, old = beside(f"~WRD{number:04}.tmp"), beside(f"~WRL{(number + 1) % 10000:04}.tmp")
        self.deeds.temporary |= {owner, new, old}
        yield from self.write_file(owner, note=False)
        yield from self.read_file(where)
        yield self.server.rng.uniform(30, 300)
        yield from self.write_file(new, note=False)
        yield from self.rename_file(where, old, note=False)
        yield from self.rename_file(new, where, note=False)
        yield from self.delete_file(old, note=False)
        self.deeds.written.add(where)
        self.deeds.saved.add(where)
        yield self.server.rng.uniform(1, 20)
        yield from self.delete_file(owner, note=False)


class Handle:
    """4656, then 4663 for the first use of each right, 4660 where it deletes, 4658."""

    def __init__(self, session, where, mask):
        self.session, self.server = session, session.server
        self.number = self.server.new_handle()
        self.where, self.used = where, 0
        self.process = {"ProcessId": 4, "ProcessName": ""}
        self.boot = self.server.boot
        self.log(4656, ObjectType="File", ObjectName=self.server.local(where), AccessMask=mask)

    def log(self, id, **values):
        if self.boot != self.server.boot:
            raise Gone
        self.server.log(id, **self.session.subject, ObjectServer="Security", HandleId=self.number, **self.process, **values)

    def use(self, right):
        if not self.used & right:
            self.used |= right
            self.log(4663, ObjectType="File", ObjectName=self.server.local(self.where), AccessMask=right,
                     ResourceAttributes="S:AI")

    def deleted(self):
        self.log(4660)

    def close(self):
        self.log(4658)
        self.server.free_handles.append(self.number)


class Server:
    def __init__(self, seed, name="fs01.example.local", domain="EXAMPLE", shares=("Finance", "Projects", "人事")):
        self.rng = random.Random(seed)
        self.name, self.domain, self.shares = name, domain, shares
        self.events, self.truth, self.sids = [], {}, {}
        self.now, self.boot, self.up_at = ticks(START), 0, 0
        self.files, self.free_handles = set(), []
        self.start()

    def start(self):
        """Logon and handle numbers begin anew."""
        self.last_logon, self.last_handle, self.free_handles = 0x2A000, 0x1000, []

    def log(self, id, failure=False, **values):
        self.now += self.rng.randrange(200, 4000)
        self.events.append(Event(id, self.now, self.name, failure=failure, tid=self.rng.randrange(1, 2000) * 4, **values))
        who = values.get("SubjectUserName"), values.get("IpAddress")
        if who in self.truth:
            d = self.truth[who]
            d.first, d.last = d.first or self.now, self.now

    def sid(self, account):
        return self.sids.setdefault(account.lower(), f"{DOMAIN_SID}-{1100 + len(self.sids)}")

    def did(self, account, client):
        return self.truth.setdefault((account, client), Deeds())

    def new_logon(self):
        self.last_logon += self.rng.randrange(1, 6) * 0x1000
        return self.last_logon

    def new_handle(self):
        """Freed numbers are given again, as Windows does."""
        if self.free_handles and self.rng.random() < 0.7:
            return self.free_handles.pop()
        self.last_handle += 4
        return self.last_handle

    def root(self, share):
        return f"\\??\\D:\\Shares\\{share}"

    def local(self, where):
        share, path = where
        return f"D:\\Shares\\{share}" + ("\\" + path if path else "")

    def folders(self, share):
        return sorted({p.rpartition("\\")[0] for s, p in self.files if s == share} | {""})



WORDS = "budget report plan invoice contract draft minutes 見積 契約 設計 payroll offer spec drawing".split()
ENDINGS = ".docx .xlsx .pdf .pptx .txt .dwg".split()


def fill(server, files):
    """Files in folders of one to three levels."""
    for i in range(files):
        share = server.rng.choice(server.shares)
        depth = server.rng.randrange(3)
        folders = [server.rng.choice(("2024", "2025", "2026", "Q1", "old", "客先", "R&D <new>")) for _ in range(depth)]
        name = f"{server.rng.choice(WORDS)} {i:04}{server.rng.choice(ENDINGS)}"
        server.files.add((share, "\\".join([*folders, name])))


def something(server, session, shares, denied):
    """One thing somebody does; lists the folder first."""
    rng = server.rng
    where = rng.choice(sorted(f for f in server.files if f[0] in shares and not f[1].rpartition("\\")[2].startswith("~")))
    share, path = where
    what = rng.random()
    yield from session.list_folder((share, path.rpartition("\\")[0]))
    if what < 0.45:
        yield from session.read_file(where)
    elif what < 0.55:
        yield from session.open_file(where)
    elif what < 0.65:
        yield from session.look_at(where)
    elif what < 0.80 and path.endswith(".docx"):
        yield from session.save_in_word(where)
    elif what < 0.88:
        yield from session.write_file((share, path.replace(".", f" {rng.randrange(100)}.")))
    elif what < 0.91:
        yield from session.delete_file(where)
    elif what < 0.95:
        yield from session.rename_file(where, (share, path.replace(" ", "_", 1)))
    else:
        yield from session.be_denied(rng.choice(denied), by_share=rng.random() < 0.5)


def worker(server, account, client, workstation, until, denied):
    """Somebody at work: the same few shares, now and then a pause long enough for a log-off."""
    rng, session = server.rng, None
    shares = rng.sample(server.shares, k=min(2, len(server.shares)))
    while server.now < until:
        if session is None or not session.alive:
            session = Session(server, account, client, workstation)
        try:
            yield from something(server, session, shares, denied)
        except Gone:
            continue
        if rng.random() < 0.1:
            yield 2
            session.log_off()
            yield rng.uniform(300, 1500)
        yield rng.expovariate(1 / 40)
    if session is not None:
        session.log_off()


def machine(server, account, client, until):
    """A computer's own account: fetches its settings, opens the server's pipes."""
    while server.now < until:
        session = Session(server, account, client, account.rstrip("$"), machine=True)
        session.connect("IPC$")
        session.server.log(5145, **session.subject, ObjectType="File", IpAddress=client, IpPort=str(session.port),
                           ShareName="\\\\*\\IPC$", ShareLocalPath="", RelativeTargetName="srvsvc", AccessMask=OPEN_WRITE)
        yield server.rng.uniform(1, 10)
        session.log_off()
        yield server.rng.uniform(1800, 5400)


def scanner(server, until, program="C:\\Program Files\\Defender\\MsMpEng.exe"):
    """A program on the server itself reads files as the system: no client is behind it."""
    name = server.name.split(".")[0].upper() + "$"
    subject = {"SubjectUserSid": "S-1-5-18", "SubjectUserName": name, "SubjectDomainName": server.domain,
               "SubjectLogonId": SYSTEM_LOGON}
    while server.now < until:
        where = server.rng.choice(sorted(server.files))
        server.log(4663, **subject, ObjectServer="Security", ObjectType="File", ObjectName=server.local(where),
                   HandleId=server.rng.randrange(0x100, 0x900) * 4, AccessMask=READ, ProcessId=0xA34, ProcessName=program,
                   ResourceAttributes="S:AI")
        server.did(name, None).read.add(where)
        yield server.rng.uniform(60, 400)


def restarted(server, start):
    """1100, a while without anything, 4608; everybody's sessions are gone."""
    yield start
    server.log(1100)
    down = server.rng.uniform(40, 90)
    server.boot, server.up_at = server.boot + 1, server.now + int((down + 5) * 10**7)
    server.start()
    yield down
    server.log(4608)


def administrator(server, account, client, start, program="C:\\Windows\\explorer.exe"):
    """Somebody on the server's desktop, from afar: reads by a program there, not through a share, and
    leaves by logging off."""
    yield start
    subject = {"SubjectUserSid": server.sid(account), "SubjectUserName": account, "SubjectDomainName": server.domain,
               "SubjectLogonId": server.new_logon()}
    target = {k.replace("Subject", "Target"): v for k, v in subject.items()}
    server.log(4624, **target, LogonType=10, LogonProcessName="User32 ", AuthenticationPackageName="Negotiate",
               WorkstationName=server.name.split(".")[0].upper(), ProcessId=0x4D8, IpAddress=client, IpPort="0",
               ProcessName="C:\\Windows\\System32\\svchost.exe", ImpersonationLevel="%%1833", VirtualAccount="%%1843",
               ElevatedToken="%%1842")
    server.log(4672, **subject, PrivilegeList="SeSecurityPrivilege\r\n\t\t\tSeBackupPrivilege")
    for where in server.rng.sample(sorted(server.files), k=min(5, len(server.files))):
        server.log(4663, **subject, ObjectServer="Security", ObjectType="File", ObjectName=server.local(where),
                   HandleId=server.rng.randrange(0x100, 0x900) * 4, AccessMask=READ, ProcessId=0x1B38, ProcessName=program,
                   ResourceAttributes="S:AI")
        server.did(account, client).read.add(where)
        yield server.rng.uniform(5, 60)
    server.log(4647, **target)


def intruder(server, account, client, workstation, start, pace):
    """A stolen account from an address of its own: walks the shares and reads all there is."""
    yield start
    session = None
    for share in server.shares:
        for folder in server.folders(share):
            inside = sorted(f for f in server.files if f[0] == share and f[1].rpartition("\\")[0] == folder)
            for where in [(share, folder), *inside]:
                if session is None or not session.alive:
                    session = Session(server, account, client, workstation)
                    server.log(4672, **session.subject, PrivilegeList="SeBackupPrivilege\r\n\t\t\tSeRestorePrivilege")
                try:
                    if where == (share, folder):
                        yield from session.list_folder(where)
                    elif where in server.files:  # nobody was quicker
                        yield from session.read_file(where)
                except Gone:
                    continue
                yield server.rng.expovariate(1 / pace)
    session.log_off()


class Case:
    """events: in the order of the log, numbered; truth: {(account, client): Deeds}."""

    def __init__(self, server):
        server.events.sort(key=lambda e: e.time)
        self.server, self.events, self.truth = server, numbered(server.events, 70001), server.truth

    def without(self, *ids):
        """The events as a server records them that audits less."""
        gone = {i for part in ids for i in (part if isinstance(part, (set, frozenset, tuple, list)) else [part])}
        return [e for e in self.events if e.id not in gone]


def make(seed=1, users=6, files=120, hours=4, reboot=True, mass_read=True, console=False, pace=0.2, **server_options):
    """pace: seconds the intruder waits between two files, on average. console: somebody works on the
    server's own desktop as well."""
    server = Server(seed, **server_options)
    fill(server, files)
    denied = [(server.shares[-1], f"secret\\salaries {i}.xlsx") for i in range(6)]
    begin, until = server.now, server.now + hours * 36 * 10**9
    people = ["kato", "ito", "m.sato", "山田", "EXAMPLE.admin", "o'brien", "suzuki", "tanaka"]
    agents = [worker(server, people[i] if i < len(people) else f"user{i}", f"10.1.2.{11 + i}", f"WS{i:02}", until, denied)
              for i in range(users)]
    agents += [machine(server, "WS00$", "10.1.2.11", until), scanner(server, until)]
    if console:
        agents.append(administrator(server, "admin.rdp", "10.1.9.9", hours * 600))
    if mass_read:
        agents.append(intruder(server, people[0], "10.66.0.13", "KALI", hours * 1800, pace))
    queue = [(begin + server.rng.randrange(10**9), i, a) for i, a in enumerate(agents)]
    restart = restarted(server, hours * 2400) if reboot else None
    if reboot:
        queue.append((begin, len(queue), restart))
    heapq.heapify(queue)
    while queue:
        at, i, agent = heapq.heappop(queue)
        if at < server.up_at and agent is not restart:
            heapq.heappush(queue, (server.up_at + i * 10**6, i, agent))
            continue
        server.now = max(server.now, at)
        wait = next(agent, None)
        if wait is not None:
            heapq.heappush(queue, (server.now + int(wait * 10**7), i, agent))
    return Case(server)
