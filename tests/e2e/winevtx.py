"""Writes events (winlog.py) as an .evtx file, laid out like those of Windows: file
header, chunks of 64 KiB with checksums, in each its names and templates, records as
template instances with typed values.

Format: libevtx, "Windows XML Event Log (EVTX) format", [MS-EVEN6], and real logs: the
structure of the templates, and how the tables of a chunk are filled, are theirs."""
import hashlib
import struct
import uuid
import zlib

CHUNK = 65536
HEADER = 512
NAMES, TEMPLATES = 64, 32
TYPES = {"string": 0x01, "uint32": 0x08, "guid": 0x0F, "filetime": 0x11, "sid": 0x13, "hex32": 0x14, "hex64": 0x15,
         "pointer": 0x10}
NONE = 0xFFFF


class Sub:
    """A substitution; optional ones leave out what is around them."""

    def __init__(self, index, type, optional=True):
        self.index, self.type, self.optional = index, type, optional


def hashed(units):
    h = 0
    for u in units:
        h = (h * 65599 + u) & 0xFFFFFFFF
    return h


def units(raw):
    return struct.unpack(f"<{len(raw) // 2}H", raw)


def sid(value):
    parts = value.split("-")
    subs = [int(p) for p in parts[3:]]
    return struct.pack(f"<BB6s{len(subs)}I", int(parts[1]), len(subs), int(parts[2]).to_bytes(6, "big"), *subs)


def encoded(type, value):
    """The type in the record, and the bytes."""
    if type == "string":
        return 0x01, value if isinstance(value, bytes) else value.encode("utf-16-le", "surrogatepass")
    if type == "uint32" or type == "hex32":
        return TYPES[type], struct.pack("<I", value)
    if type == "pointer":  # 64-bit Windows writes HexInt64 where the template says size_t
        return 0x15, struct.pack("<Q", value)
    if type == "hex64" or type == "filetime":
        return TYPES[type], struct.pack("<Q", value)
    return (0x13, sid(value)) if type == "sid" else (0x0F, uuid.UUID(value).bytes_le)


# --- templates: (name, dependency, [(attribute, content)], [children]) ------------------

def leaf(name, content, dependency=NONE):
    return (name, dependency, [], [content])


def system(provider, guid, channel, computer):
    """System as the log service (strings inline) or the auditing provider (substitutions) has it."""
    return ("System", NONE, [], [
        ("Provider", NONE, [("Name", provider), ("Guid", guid)], None),
        ("EventID", 3, [("Qualifiers", Sub(4, 0x06))], [Sub(3, 0x06)]),
        leaf("Version", Sub(11, 0x04), 11), leaf("Level", Sub(0, 0x04), 0), leaf("Task", Sub(2, 0x06), 2),
        leaf("Opcode", Sub(1, 0x04), 1), leaf("Keywords", Sub(5, 0x15), 5),
        ("TimeCreated", NONE, [("SystemTime", Sub(6, 0x11))], None), leaf("EventRecordID", Sub(10, 0x0A), 10),
        ("Correlation", NONE, [("ActivityID", Sub(7, 0x0F)), ("RelatedActivityID", Sub(13, 0x0F))], None),
        ("Execution", NONE, [("ProcessID", Sub(8, 0x08)), ("ThreadID", Sub(9, 0x08))], None),
        leaf("Channel", channel, channel.index if isinstance(channel, Sub) else NONE), leaf("Computer", computer),
        ("Security", NONE, [("UserID", Sub(12, 0x13))], None)])


XMLNS = ("xmlns", "http://schemas.microsoft.com/win/2004/08/events/event")


def outer(e):
    """The template around the data, and its number of values."""
    if e.layout.element is None:
        return ("Event", 17, [XMLNS], [system(Sub(14, 0x01), Sub(15, 0x0F), Sub(16, 0x01), e.computer), Sub(17, 0x21)]), 18
    return ("Event", NONE, [XMLNS], [system(e.layout.provider, e.layout.guid.lower(), e.channel, e.computer),
                                     ("UserData", 19, [], [Sub(19, 0x21)])]), 20


def inner(e):
    if e.layout.element is None:
        data = [("Data", NONE, [("Name", name)], [Sub(i, TYPES[type], False)]) for i, (name, type) in
                enumerate(e.layout.fields)]
        return ("EventData", NONE, [], data)
    data = [leaf(name, Sub(i, TYPES[type], False)) for i, (name, type) in enumerate(e.layout.fields)]
    spaces = [("xmlns:auto-ns3", "http://schemas.microsoft.com/win/2004/08/events"),
              ("xmlns", "http://manifests.microsoft.com/win/2004/08/windows/eventlog")]
    return (e.layout.element, NONE, spaces, data or None)


class Templates:
    """What is written of each kind of event: (template, GUID), made once."""

    def __init__(self):
        self.known = {}

    def get(self, key, make):
        if key not in self.known:
            tree = make()
            self.known[key] = (tree, hashlib.md5(repr((key, self.plain(tree))).encode()).digest())
        return self.known[key]

    def plain(self, tree):
        if isinstance(tree, Sub):
            return ("sub", tree.index, tree.type, tree.optional)
        return tuple(self.plain(t) for t in tree) if isinstance(tree, (tuple, list)) else tree


class Chunk:
    def __init__(self, templates):
        self.b = bytearray(HEADER)
        self.names, self.definitions = {}, {}
        self.heads = [0] * (NAMES + TEMPLATES)
        self.templates = templates
        self.records = []  # (record number, offset)
        self.undo = []

    def u16(self, x):
        self.b += struct.pack("<H", x)

    def u32(self, x):
        self.b += struct.pack("<I", x)

    def patch(self, at, x, form="<I"):
        struct.pack_into(form, self.b, at, x)

    def link(self, bucket, at):
        """Puts what begins at `at` in front of its table's chain; its first field is the next one."""
        self.undo.append((self.heads, bucket, self.heads[bucket]))
        head, self.heads[bucket] = self.heads[bucket], at
        return head

    def remember(self, table, key, at):
        self.undo.append((table, key, None))
        table[key] = at

    def name(self, name):
        at = self.names.get(name)
        self.u32(len(self.b) + 4 if at is None else at)
        if at is not None:
            return
        raw = name.encode("utf-16-le")
        h = hashed(units(raw)) & 0xFFFF
        self.remember(self.names, name, len(self.b))
        head = self.link(h % NAMES, len(self.b))
        self.b += struct.pack("<IHH", head, h, len(name)) + raw + b"\0\0"

    def content(self, c):
        if isinstance(c, Sub):
            self.b += struct.pack("<BHB", 0x0E if c.optional else 0x0D, c.index, c.type)
        elif isinstance(c, str):
            self.b += struct.pack("<BBH", 0x05, 0x01, len(c)) + c.encode("utf-16-le", "surrogatepass")
        else:
            self.element(*c)

    def element(self, name, dependency, attributes, children):
        self.b += struct.pack("<BH", 0x41 if attributes else 0x01, dependency)
        size_at = len(self.b)
        self.u32(0)
        self.name(name)
        if attributes:
            list_at = len(self.b)
            self.u32(0)
            for i, (attribute, value) in enumerate(attributes):
                self.b.append(0x46 if i + 1 < len(attributes) else 0x06)
                self.name(attribute)
                self.content(value)
            self.patch(list_at, len(self.b) - list_at - 4)
        if children is None:
            self.b.append(0x03)
        else:
            self.b.append(0x02)
            for c in children:
                self.content(c)
            self.b.append(0x04)
        self.patch(size_at, len(self.b) - size_at - 4)

    def instance(self, template):
        """An instance up to its values' count: the definition comes with its first use."""
        tree, guid = template
        at = self.definitions.get(guid)
        new = at is None
        if new:
            at = len(self.b) + 10
            self.remember(self.definitions, guid, at)
        self.b += struct.pack("<BB4sI", 0x0C, 1, guid[:4], at)
        if new:
            head = self.link(NAMES + hashed(units(guid)) % TEMPLATES, at)
            self.b += struct.pack("<I16sI", head, guid, 0) + b"\x0f\x01\x01\x00"
            self.element(*tree)
            self.b.append(0)
            self.patch(at + 20, len(self.b) - at - 24)

    def values(self, values):
        """values: (type, bytes); a type of 0x21 with None: its bytes are written by the caller."""
        self.u32(len(values))
        for type, raw in values:
            self.b += struct.pack("<HBB", len(raw or b""), type, 0)
        at = len(self.b) - 4  # the last one's descriptor
        self.b += b"".join(raw for _, raw in values if raw)
        return at

    def outer_values(self, e, n):
        values = [(0x00, b"")] * n
        values[0] = (0x04, bytes([e.layout.level]))
        values[1] = (0x04, b"\0")
        values[2] = (0x06, struct.pack("<H", e.layout.task))
        values[3] = (0x06, struct.pack("<H", e.id))
        values[5] = (0x15, struct.pack("<Q", e.keywords))
        values[6] = (0x11, struct.pack("<Q", e.time))
        values[8] = (0x08, struct.pack("<I", e.pid))
        values[9] = (0x08, struct.pack("<I", e.tid))
        values[10] = (0x0A, struct.pack("<Q", e.record))
        values[11] = (0x04, bytes([e.layout.version]))
        if e.layout.element is None:
            values[14] = encoded("string", e.layout.provider)
            values[15] = encoded("guid", e.layout.guid)
            values[16] = encoded("string", e.channel)
        values[-1] = (0x21, None)
        return values

    def add(self, e):
        """Appends a record; False, and nothing is changed, if it has no room."""
        begin, self.undo = len(self.b), []
        self.b += struct.pack("<4sIQQ", b"**\0\0", 0, e.record, e.time) + b"\x0f\x01\x01\x00"
        tree, n = outer(e)
        self.instance(self.templates.get(("outer", e.layout.element, e.layout.provider, e.channel, e.computer), lambda: tree))
        length_at = self.values(self.outer_values(e, n))
        inner_at = len(self.b)
        self.b += b"\x0f\x01\x01\x00"
        self.instance(self.templates.get(("inner", e.id, e.layout.version, tuple(e.layout.fields)), lambda: inner(e)))
        self.values([encoded(type, value) for _, type, value in e.data])
        self.b.append(0)
        self.patch(length_at, len(self.b) - inner_at, "<H")
        self.b.append(0)
        self.b += bytes(-(len(self.b) - begin + 4) % 8)
        self.u32(len(self.b) - begin + 4)
        self.patch(begin + 4, len(self.b) - begin)
        if len(self.b) >= CHUNK:  # libevtx reads no record that ends where its chunk does
            for table, key, old in reversed(self.undo):
                if old is None:
                    del table[key]
                else:
                    table[key] = old
            del self.b[begin:]
            return False
        self.records.append((e.record, begin))
        return True

    def bytes(self, first, slack=b"", stated=None):
        """The whole chunk; first: number of its first record in the file; slack: what its
        room held before; stated: the records its header knows of, all unless said."""
        records = self.records[:stated]
        free = len(self.b) if len(records) == len(self.records) else self.records[len(records)][1]
        out = self.b + slack[len(self.b):].ljust(CHUNK - len(self.b), b"\0")
        struct.pack_into("<8sQQQQIIII", out, 0, b"ElfChnk\0", first, first + len(records) - 1, records[0][0],
                         records[-1][0], 128, records[-1][1], free, zlib.crc32(out[HEADER:free]))
        struct.pack_into("<I", out, 0x78, 1)
        struct.pack_into(f"<{NAMES + TEMPLATES}I", out, 0x80, *self.heads)
        struct.pack_into("<I", out, 0x7C, zlib.crc32(out[0x80:HEADER], zlib.crc32(out[:0x78])))
        return bytes(out)


def chunks(events):
    templates, done = Templates(), []
    for e in events:
        if not done or not done[-1].add(e):
            done.append(Chunk(templates))
            if not done[-1].add(e):
                raise ValueError("an event is larger than a chunk")
    return done


def evtx(events, dirty=False, unstated=0, oldest=0, slack=(), room=0, size=None):
    """The bytes of a file.

    dirty: Windows had it open, the file header is that of an empty log; the header of
    the newest chunk does not know of its last `unstated` records.
    oldest: the place of the oldest chunk where the ring has been round.
    slack: events of an earlier use of the chunks, seen behind the records.
    room: zeroed chunks at the end. size: the file is cut off there."""
    parts, before = chunks(events), [c.bytes(1) for c in chunks(slack)]
    first, body = 1, []
    for i, c in enumerate(parts):
        n = len(c.records)
        known = n - unstated if dirty and i + 1 == len(parts) else n
        body.append(c.bytes(first, before[i % len(before)] if before else b"", known))
        first += n
    k = oldest % len(body) if body else 0
    body = body[len(body) - k:] + body[:len(body) - k]
    last = (k - 1) % len(body) if body and not dirty else 0
    following = events[-1].record + 1 if events and not dirty else 1
    header = struct.pack("<8sQQQIHHHH", b"ElfFile\0", k, last, following, 128, 1, 3, 4096,
                         1 if dirty else len(body)).ljust(0x78, b"\0")
    header += struct.pack("<II", dirty, zlib.crc32(header))
    return b"".join([header.ljust(4096, b"\0"), *body, bytes(room * CHUNK)])[:size]
