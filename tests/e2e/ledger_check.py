#!/usr/bin/env python3
"""A second program that checks Ashiato's ledgers, written from docs/LEDGER.md
alone: Python's standard library, and Ed25519 by RFC 8032.

  ledger_check.py CASE                     the ledger: entries, heads, signatures, files
  ledger_check.py --proof FILE... --key HEX  proofs as `ashiato ledger prove` prints them
"""
import base64
import hashlib
import json
import os
import sys

# --- Ed25519, RFC 8032, section 5.1 --------------------------------------------
P = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - x2) % P != 0:
        return None
    return P - x if x & 1 != sign else x


def add(a, b):
    m = (a[1] - a[0]) * (b[1] - b[0]) % P
    n = (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(s, a):
    out = (0, 1, 1, 0)
    while s > 0:
        if s & 1:
            out = add(out, a)
        a = add(a, a)
        s >>= 1
    return out


def equal(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point(raw):
    y = int.from_bytes(raw, "little")
    x = recover_x(y & (1 << 255) - 1, y >> 255)
    y &= (1 << 255) - 1
    return None if x is None else (x, y, 1, x * y % P)


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signature_is_good(key, text, signature):
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or len(signature) != 64:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % L
    return equal(multiply(s, BASE), add(r, multiply(k, a)))


# --- the tree, RFC 6962 and RFC 9162 --------------------------------------------

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def node_hash(left, right):
    return sha256(b"\1", left, right)


def root_of(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(root_of(leaves[:k]), root_of(leaves[k:]))


def included(leaf, index, size, proof, root):
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def consistent(first, first_root, size, root, proof):
    if not 0 < first < size:
        return first == size > 0 and not proof and first_root == root
    path = [first_root] + proof if first & first - 1 == 0 else list(proof)
    fn, sn = first - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = (path or [b""])[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == root


# --- heads and proofs -------------------------------------------------------------

def signed_text(case, h):
    root = base64.b64encode(bytes.fromhex(h["root"])).decode()
    return (f"ashiato/{case}\n{h['size']}\n{root}\nhead {h['head']}\nbytes {h['bytes']}\n"
            f"time {h['time']}\n").encode()


def head_is_good(case, h, key):
    return h["key"] == key and signature_is_good(bytes.fromhex(key), signed_text(case, h),
                                                 bytes.fromhex(h["signature"]))


def proof_holds(p, key, seen={}):
    """seen: heads whose signature has been checked; it takes milliseconds."""
    h = p["head"]
    mark = (p["case"], json.dumps(h), key)
    if mark not in seen:
        seen[mark] = head_is_good(p["case"], h, key)
    root, path = bytes.fromhex(h["root"]), [bytes.fromhex(x) for x in p["proof"]]
    if p["kind"] == "inclusion":
        leaf = sha256(b"\0", p["text"].encode())
        good = leaf.hex() == p["leaf"] and included(leaf, p["entry"], h["size"], path, root)
    else:
        good = consistent(p["from"], bytes.fromhex(p["from_root"]), h["size"], root, path)
    return good and seen[mark]


def check_case(folder):
    """Everything but what needs SQLite; what is wrong, as a list."""
    wrong, files, void = [], {}, set()
    with open(os.path.join(folder, "ledger/entries.jsonl"), "rb") as f:
        lines = f.read().split(b"\n")[:-1]
    with open(os.path.join(folder, "ledger/heads.jsonl"), encoding="ascii") as f:
        heads = [json.loads(line) for line in f]
    entries, leaves = [json.loads(line) for line in lines], [sha256(b"\0", line) for line in lines]
    case, keys = entries[0]["case"], [(e["n"], e["public"]) for e in entries if e["type"] == "key"]
    for i, h in enumerate(heads):
        key = [k for n, k in keys if n < h["size"]][-1]
        if h["head"] != i + 1 or not head_is_good(case, h, key):
            wrong.append(f"head {h['head']}: signature")
        if root_of(leaves[:h["size"]]).hex() != h["root"]:
            wrong.append(f"head {h['head']}: root")
    for e in entries:
        if e["type"] == "void":
            void |= {n for n in range(e["from"], e["to"]) if entries[n]["type"] in ("segment", "input", "retain")}
    last = [e["n"] for e in entries if e["type"] == "snapshot"][-1]
    for e in entries:
        if e["n"] not in void and (e["type"] != "snapshot" or e["n"] == last):
            files.update({f["name"]: f for f in e.get("files", [])})
        for f in e.get("removed", []) if e["n"] not in void else []:
            if files.pop(f["name"], {}).get("sha256") != f["sha256"]:
                wrong.append(f"{f['name']}: was not what was sealed when it was removed")
    for name, f in sorted(files.items()):
        with open(os.path.join(folder, name), "rb") as g:
            data = g.read()
        if len(data) != f["bytes"] or sha256(data).hex() != f["sha256"]:
            wrong.append(name)
        pieces = [sha256(data[i:i + 65536]).hex() for i in range(0, len(data), 65536)]
        wrong += [f"{name}: block {i}" for i, (a, b) in enumerate(zip(pieces, f["blocks"])) if a != b]
    return wrong


if __name__ == "__main__":
    if sys.argv[1] == "--proof":
        at = sys.argv.index("--key")
        bad = []
        for name in sys.argv[2:at]:
            with open(name, encoding="utf-8") as f:
                bad += [] if proof_holds(json.load(f), sys.argv[at + 1]) else [name]
    else:
        bad = check_case(sys.argv[1])
    print("\n".join(bad) or "holds")
    sys.exit(1 if bad else 0)
