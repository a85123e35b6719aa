"""A disk as a power cut leaves it, made from what power.c wrote down.

What POSIX promises and no more: a file's bytes are on the disk when the file was
fsynced, its name when its folder was. What was not asked for may be there or not,
each write of it for itself, and a write in pieces of 512 bytes. Names of one
folder become durable in the order they were changed, as file systems with a
journal do it."""
import os
import struct

HEAD = struct.Struct("<BQQQII")


def read_log(path):
    """[(kind, number, number, bytes, bytes)]"""
    with open(path, "rb") as f:
        data = f.read()
    out, at = [], 0
    while at < len(data):
        kind, a, b, _, n, m = HEAD.unpack_from(data, at)
        at += HEAD.size
        out.append((chr(kind), a, b, data[at:at + n], data[at + n:at + n + m]))
        at += n + m
    return out


class Node:
    """A file, or a folder with its names; each as it is, and as it is on the disk."""

    def __init__(self, folder):
        self.folder = folder
        self.now = {} if folder else bytearray()
        self.durable = {} if folder else bytes()
        self.pending = []


def apply(content, change):
    kind, at, bytes_ = change
    if kind == "t":
        del content[at:]
        content.extend(bytes(at - len(content)))
        return
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at:at + len(bytes_)] = bytes_


class Disk:
    def __init__(self, root):
        self.root = root
        self.top = Node(True)
        self.files = {}  # by inode number

    def load(self, path, node=None):
        """What is durable before the first record."""
        node = node or self.top
        for name in os.listdir(path):
            place = os.path.join(path, name)
            child = Node(os.path.isdir(place))
            if child.folder:
                self.load(place, child)
            else:
                with open(place, "rb") as f:
                    child.durable = f.read()
                child.now = bytearray(child.durable)
            node.now[name] = node.durable[name] = child

    def place(self, path):
        """The folder that holds a path, and the name in it."""
        parts = os.path.relpath(path, self.root).split("/")
        node = self.top
        for p in parts[:-1]:
            node = node.now[p]
        return node, parts[-1]

    def folder(self, path):
        folder, name = self.place(path)
        return self.top if name == "." else folder.now[name]

    def name(self, folder, *changes):
        """One change of a folder, which is durable as a whole: (name, node or None)."""
        for name, node in changes:
            if node is None:
                folder.now.pop(name, None)
            else:
                folder.now[name] = node
        folder.pending.append(changes)

    def change(self, record):
        kind, a, b, p, q = record
        path = p.decode(errors="surrogateescape") if kind in "oSdrlux" else ""
        if kind == "o":
            folder, name = self.place(path)
            if name not in folder.now:
                self.name(folder, (name, Node(False)))
            self.files[a] = folder.now[name]
        elif kind in "wt":
            change = (kind, b, p)
            apply(self.files[a].now, change)
            self.files[a].pending.append(change)
        elif kind == "s":
            if a in self.files:
                self.files[a].durable = bytes(self.files[a].now)
                self.files[a].pending.clear()
        elif kind == "S":
            node = self.folder(path)
            for changes in node.pending:
                settle(node.durable, changes)
            node.pending.clear()
        elif kind == "d":
            folder, name = self.place(path)
            self.name(folder, (name, Node(True)))
        elif kind in "ux":
            folder, name = self.place(path)
            self.name(folder, (name, None))
        elif kind in "rl":
            (folder, old), (other, new) = self.place(path), self.place(q.decode())
            assert folder is other, "from one folder to another"
            node = folder.now[old]
            self.name(folder, *([(old, None)] if kind == "r" else []), (new, node))

    def write(self, to, how, chance=None):
        """The disk into a folder. how: 'synced', only what was asked to be durable;
        'all'; 'some', and of the rest what chance leaves."""
        write_folder(self.top, to, how, chance)


def settle(names, changes):
    for name, node in changes:
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


def write_folder(node, to, how, chance):
    os.makedirs(to, mode=0o700, exist_ok=True)
    names = dict(node.durable)
    if how == "all":
        names = node.now
    elif how == "some":
        for changes in node.pending[:chance.randint(0, len(node.pending))]:
            settle(names, changes)
    for name, child in names.items():
        path = os.path.join(to, name)
        if child.folder:
            write_folder(child, path, how, chance)
            continue
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f:
            f.write(content(child, how, chance))


def content(file, how, chance):
    if how == "all":
        return file.now
    out = bytearray(file.durable)
    for kind, at, bytes_ in file.pending if how == "some" else []:
        if kind == "t":
            if chance.random() < 0.5:
                apply(out, (kind, at, bytes_))
            continue
        for i in range(0, len(bytes_), 512):
            if chance.random() < 0.5:
                apply(out, ("w", at + i, bytes_[i:i + 512]))
    return out
