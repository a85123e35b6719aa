"""Windows event logs made to order: events described once, written as .evtx, as
event XML, and as the JSON lines of common log shippers.

There is no public sample of file reads by clients of a Windows file server, so
the tests build theirs: the layouts are documented ones (winlayouts.py), the binary
form is that of real logs (winevtx.py)."""
import datetime
import json
import os

from winevtx import evtx
from winlayouts import LAYOUTS, access_list

UTC = datetime.timezone.utc
EPOCH = 116444736000000000  # of Unix, in a FILETIME's 100 ns since 1601
NO_GUID = "{00000000-0000-0000-0000-000000000000}"
NONE = {"string": "-", "sid": "S-1-0-0", "guid": NO_GUID, "hex32": 0, "hex64": 0, "pointer": 0, "uint32": 0, "filetime": 0}
SUCCESS, FAILURE, SERVICE = 0x8020000000000000, 0x8010000000000000, 0x4020000000000000


def ticks(when):
    """A datetime with zone as FILETIME."""
    delta = when - datetime.datetime(1970, 1, 1, tzinfo=UTC)
    return EPOCH + (delta.days * 86400 + delta.seconds) * 10**7 + delta.microseconds * 10


def iso(filetime, digits=7):
    s, rest = divmod(filetime - EPOCH, 10**7)
    text = datetime.datetime.fromtimestamp(s, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{rest:07}{'0' * (digits - 7)}Z"


class Event:
    """id; time: FILETIME; computer; record: its number; values: by name. Values not
    given are what Windows writes for none. AccessList follows from AccessMask."""

    def __init__(self, id, time, computer="fs01.example.local", record=0, failure=False, pid=4, tid=100, layout=None,
                 **values):
        self.id, self.time, self.computer, self.record = id, time, computer, record
        self.layout = layout or LAYOUTS[id]
        unknown = set(values) - self.layout.names
        if unknown:
            raise ValueError(f"{id} has no {unknown}")
        if "AccessMask" in values and "AccessList" not in values:
            values["AccessList"] = access_list(values["AccessMask"])
        self.data = [(name, type, values.get(name, NONE[type])) for name, type in self.layout.fields]
        self.pid, self.tid = pid, tid
        self.failure = failure
        self.keywords = SERVICE if self.layout.element else FAILURE if failure else SUCCESS
        self.channel = "Security"

    def __getitem__(self, name):
        return next(value for n, _, value in self.data if n == name)


def numbered(events, first=1):
    """Gives the events record numbers in their order, as a log does."""
    for i, e in enumerate(events):
        e.record = first + i
    return events


def shown(type, value):
    """A value as Windows shows it."""
    if type in ("hex32", "hex64", "pointer"):
        return f"{value:#x}"
    if type == "filetime":
        return iso(value)
    return value.lower() if type == "guid" else str(value)


# --- event XML: wevtutil qe, Get-WinEvent's ToXml ------------------------------------

NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"


def text(value):
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def xml_data(e):
    if e.layout.element is None:
        data = "".join(f"<Data Name='{name}'>{text(shown(type, value))}</Data>" for name, type, value in e.data)
        return f"<EventData>{data}</EventData>"
    data = "".join(f"<{name}>{text(shown(type, value))}</{name}>" for name, type, value in e.data)
    tag = f"{e.layout.element} xmlns='http://manifests.microsoft.com/win/2004/08/windows/eventlog'"
    return f"<UserData><{tag}>{data}</{e.layout.element}></UserData>" if data else f"<UserData><{tag}/></UserData>"


def xml(e, digits=9):
    return (f"<Event xmlns='{NAMESPACE}'><System><Provider Name='{e.layout.provider}' Guid='{e.layout.guid.lower()}'/>"
            f"<EventID>{e.id}</EventID><Version>{e.layout.version}</Version><Level>{e.layout.level}</Level>"
            f"<Task>{e.layout.task}</Task><Opcode>0</Opcode><Keywords>{e.keywords:#x}</Keywords>"
            f"<TimeCreated SystemTime='{iso(e.time, digits)}'/><EventRecordID>{e.record}</EventRecordID><Correlation/>"
            f"<Execution ProcessID='{e.pid}' ThreadID='{e.tid}'/><Channel>{e.channel}</Channel>"
            f"<Computer>{text(e.computer)}</Computer><Security/></System>{xml_data(e)}</Event>")


# --- JSON lines ----------------------------------------------------------------------

def outcome(e, failure, success):
    return failure if e.failure else success


def winlogbeat(e):
    """Winlogbeat 8, ECS."""
    winlog = {"channel": e.channel, "computer_name": e.computer, "event_id": str(e.id), "record_id": str(e.record),
              "provider_name": e.layout.provider, "provider_guid": e.layout.guid, "api": "wineventlog", "opcode": "Info",
              "task": e.layout.task_name, "keywords": [outcome(e, "Audit Failure", "Audit Success")],
              "process": {"pid": e.pid, "thread": {"id": e.tid}}}
    if e.layout.version:
        winlog["version"] = e.layout.version
    data = {name: shown(type, value) for name, type, value in e.data}
    if e.layout.element is None:
        winlog["event_data"] = data
    else:
        winlog["user_data"] = dict(data, xml_name=e.layout.element)
    return {"@timestamp": iso(e.time)[:-5] + "Z", "@metadata": {"beat": "winlogbeat", "type": "_doc", "version": "8.11.0"},
            "event": {"code": str(e.id), "kind": "event", "provider": e.layout.provider, "action": e.layout.task_name,
                      "outcome": outcome(e, "failure", "success"), "created": iso(e.time + 10**7)[:-5] + "Z"},
            "host": {"name": e.computer}, "log": {"level": "information"}, "ecs": {"version": "8.0.0"}, "winlog": winlog}


def local(filetime, zone):
    s, rest = divmod(filetime - EPOCH, 10**7)
    return datetime.datetime.fromtimestamp(s, zone).strftime("%Y-%m-%d %H:%M:%S"), rest


def nxlog(e, zone=UTC):
    """NXLog's im_msvistalog through to_json(): times are those of the server, without a zone."""
    when, _ = local(e.time, zone)
    out = {"EventTime": when, "Hostname": e.computer, "Keywords": e.keywords - 2**64 if e.keywords >> 63 else e.keywords,
           "EventType": outcome(e, "AUDIT_FAILURE", "AUDIT_SUCCESS"), "SeverityValue": 2, "Severity": "INFO", "EventID": e.id,
           "SourceName": e.layout.provider, "ProviderGuid": e.layout.guid, "Version": e.layout.version,
           "Task": e.layout.task, "OpcodeValue": 0, "RecordNumber": e.record, "ExecutionProcessID": e.pid,
           "ThreadID": e.tid, "Channel": e.channel, "Category": e.layout.task_name, "Opcode": "Info"}
    out.update((name, shown(type, value)) for name, type, value in e.data)
    out.update(EventReceivedTime=when, SourceModuleName="eventlog", SourceModuleType="im_msvistalog")
    return out


def fluentbit(e, zone=UTC):
    """Fluent Bit's in_winevtlog: data without names, in the order of the layout."""
    when, _ = local(e.time, zone)
    offset = datetime.datetime.fromtimestamp(0, zone).strftime("%z")
    inserts = [value if type == "uint32" else shown(type, value).upper() if type == "guid" else shown(type, value)
               for _, type, value in e.data]
    return {"ProviderName": e.layout.provider, "ProviderGuid": e.layout.guid, "Qualifiers": "", "EventID": e.id,
            "Version": e.layout.version, "Level": e.layout.level, "Task": e.layout.task, "Opcode": 0,
            "Keywords": f"{e.keywords:#x}", "TimeCreated": f"{when} {offset}", "EventRecordID": e.record, "ActivityID": "",
            "RelatedActivityID": "", "ProcessID": e.pid, "ThreadID": e.tid, "Channel": e.channel, "Computer": e.computer,
            "UserID": "", "Message": "", "StringInserts": inserts}


def evtx_dump(e):
    """The shape of evtx_dump -o jsonl."""
    data = {}
    for name, type, value in e.data:
        data[name] = value if type == "uint32" else shown(type, value).strip("{}").upper() if type == "guid" \
            else shown(type, value)
    system = {"Provider": {"#attributes": {"Name": e.layout.provider, "Guid": e.layout.guid.strip("{}")}}, "EventID": e.id,
              "Version": e.layout.version, "Level": e.layout.level, "Task": e.layout.task, "Opcode": 0,
              "Keywords": f"{e.keywords:#x}", "TimeCreated": {"#attributes": {"SystemTime": iso(e.time)}},
              "EventRecordID": e.record, "Correlation": None,
              "Execution": {"#attributes": {"ProcessID": e.pid, "ThreadID": e.tid}}, "Channel": e.channel,
              "Computer": e.computer, "Security": None}
    event = {"#attributes": {"xmlns": NAMESPACE}, "System": system}
    if e.layout.element is None:
        event["EventData"] = data or None
    else:
        spaces = {"xmlns": "http://manifests.microsoft.com/win/2004/08/windows/eventlog"}
        data = {k: None if v == "" else v for k, v in data.items()}
        event["UserData"] = {e.layout.element: {"#attributes": spaces, **data}}
    return {"Event": event}


# --- files ---------------------------------------------------------------------------

FORMS = {"winlogbeat": winlogbeat, "nxlog": nxlog, "fluentbit": fluentbit, "evtx_dump": evtx_dump}


def put(path, content):
    with open(path, "wb") as f:
        f.write(content)
    return path


def put_evtx(path, events, **options):
    """options: those of winevtx.evtx."""
    return put(path, evtx(events, **options))


def put_xml(path, events, root=True):
    """wevtutil qe /f:xml, with root=True as with /e:Events."""
    body = "".join(xml(e) + "\n" for e in events)
    return put(path, (f"<Events>\n{body}</Events>\n" if root else body).encode("utf-8", "surrogatepass"))


def put_json(path, events, form, **options):
    lines = (json.dumps(FORMS[form](e, **options), ensure_ascii=False) + "\n" for e in events)
    return put(path, "".join(lines).encode("utf-8", "surrogatepass"))


def put_rotated(folder, events, per_file, **options):
    """As the log service archives a full log: Archive-Security-TIME.evtx, the rest in
    Security.evtx, the counting of chunks and records going on. The paths, oldest first."""
    paths = []
    for i in range(0, len(events), per_file):
        part = events[i:i + per_file]
        last = i + per_file >= len(events)
        name = "Security.evtx" if last else \
            f"Archive-Security-{iso(part[-1].time)[:-2].replace('T', '-').replace(':', '-').replace('.', '-')[:23]}.evtx"
        paths.append(put_evtx(os.path.join(folder, name), part, **options))
    return paths
