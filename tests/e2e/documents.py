"""Documents of every kind, made here; each holds the words it is given."""
import bz2
import email.message
import gzip
import io
import json
import lzma
import sqlite3
import struct
import tarfile
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def zipped(files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, content in files:
            z.writestr(name, content)
    return out.getvalue()


def docx(*paragraphs):
    body = "".join(f"<w:p><w:r><w:t>{p}</w:t></w:r></w:p>" for p in paragraphs)
    return zipped([("[Content_Types].xml", "<Types/>"),
                   ("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')])


def xlsx(rows, method=zipfile.ZIP_DEFLATED):
    strings, cells = [], ""
    for i, row in enumerate(rows):
        cells += f'<row r="{i + 1}">' + "".join(f'<c t="s"><v>{len(strings) + k}</v></c>' for k in range(len(row)))
        cells += "</row>"
        strings += row
    shared = "".join(f"<si><t>{s}</t><rPh><t>ヨミ</t></rPh></si>" for s in strings)
    return zipped([("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<workbook/>"),
                   ("xl/worksheets/sheet1.xml", f"<worksheet><sheetData>{cells}</sheetData></worksheet>"),
                   ("xl/sharedStrings.xml", f"<sst>{shared}</sst>")], method)


def pptx(*texts):
    body = "".join(f'<a:p xmlns:a="a"><a:r><a:t>{t}</a:t></a:r></a:p>' for t in texts)
    return zipped([("[Content_Types].xml", "<Types/>"), ("ppt/presentation.xml", "<p/>"),
                   ("ppt/slides/slide1.xml", f"<s>{body}</s>")])


def odf(kind, body, encrypted=False):
    manifest = "<m><encryption-data/></m>" if encrypted else "<m/>"
    return zipped([("mimetype", f"application/vnd.oasis.opendocument.{kind}"), ("META-INF/manifest.xml", manifest),
                   ("content.xml", f'<o:c xmlns:o="o" xmlns:text="t" xmlns:table="b"><o:body>{body}</o:body></o:c>')])


def odt(text):
    return odf("text", f"<text:p>{text}</text:p>")


def ods(rows):
    cells = "".join("<table:table-row>" + "".join(f"<table:table-cell><text:p>{c}</text:p></table:table-cell>"
                                                  for c in row) + "</table:table-row>" for row in rows)
    return odf("spreadsheet", f'<table:table table:name="Sheet">{cells}</table:table>')


def pdf(text, encrypt=False):
    stream = b"BT /F1 12 Tf 20 200 Td (" + text.encode() + b") Tj ET"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
               b"<</Length %d>>stream\n" % len(stream) + stream + b"\nendstream",
               b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
               b"<</Filter/Standard/V 1/R 2/P -4/O(" + b"x" * 32 + b")/U(" + b"y" * 32 + b")>>"]
    out, at = b"%PDF-1.4\n", []
    for i, o in enumerate(objects):
        at.append(len(out))
        out += b"%d 0 obj" % (i + 1) + o + b"endobj\n"
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % a for a in at)
    lock = b"/Encrypt 6 0 R/ID[<00><00>]" if encrypt else b""
    return out + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, lock, xref)


def mail(text, attachment=None, name="a.docx"):
    m = email.message.EmailMessage()
    m["From"], m["To"], m["Subject"] = "山田 <yamada@example.jp>", "b@example.jp", "名簿の件"
    m["Date"] = "Mon, 01 Jan 2024 00:00:00 +0900"
    m.set_content(text)
    m.add_alternative(f"<p>{text}</p>", subtype="html")
    if attachment is not None:
        m.add_attachment(attachment, maintype="application", subtype="octet-stream", filename=name)
    return m.as_bytes()


def mbox(*messages):
    return b"".join(b"From a@b Mon Jan  1 00:00:00 2024\n" + m + b"\n\n" for m in messages)


def sqlite(rows, path):
    c = sqlite3.connect(path)
    c.execute("pragma journal_mode=wal")
    c.execute("create table customers(name text, tel text)")
    c.executemany("insert into customers values(?, ?)", rows)
    c.commit()
    c.close()
    with open(path, "rb") as f:
        return f.read()


def tar(files, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as t:
        for name, content in files:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            t.addfile(info, io.BytesIO(content))
    return out.getvalue()


def nested(inner, name, levels):
    for i in range(levels):
        inner = zipped([(name, inner)])
        name = f"level{i + 1}.zip"
    return inner


def locked_zip(name, content):
    """ZipCrypto's flag is all it takes to be recognised; the bytes mean nothing."""
    out = bytearray(zipped([(name, content)], zipfile.ZIP_STORED))
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        i = out.index(mark) + at
        struct.pack_into("<H", out, i, struct.unpack_from("<H", out, i)[0] | 1)
    return bytes(out)


def ole(streams):
    """A compound file (MS-CFB) with streams in its root; sectors of 512 bytes, none in the mini stream."""
    sectors, entries = [], []
    for name, content in streams:
        content = content.ljust(4096, b"\0")
        entries.append((name, len(sectors), len(content)))
        sectors += [content[i:i + 512].ljust(512, b"\0") for i in range(0, len(content), 512)]
    fat, at = [], 0
    for _, first, size in entries:
        n = (size + 511) // 512
        fat += list(range(first + 1, first + n)) + [0xfffffffe]
    directory = len(sectors)
    raw = b""
    root = [("Root Entry", 5, 0xffffffff, 0xffffffff, 1 if entries else 0xffffffff, 0xfffffffe, 0)]
    for i, (name, first, size) in enumerate(entries):
        right = i + 2 if i + 1 < len(entries) else 0xffffffff
        root.append((name, 2, 0xffffffff, right, 0xffffffff, first, size))
    for name, kind, left, right, child, first, size in root:
        text = name.encode("utf-16-le") + b"\0\0"
        raw += text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, left, right, child)
        raw += b"\0" * 36 + struct.pack("<IQ", first, size)
    raw = raw.ljust((len(raw) + 511) // 512 * 512, b"\0")
    n = len(raw) // 512
    sectors += [raw[i * 512:i * 512 + 512] for i in range(n)]
    fat += list(range(directory + 1, directory + n)) + [0xfffffffe]
    n_fat = 1
    while (len(fat) + n_fat) * 4 > n_fat * 512:
        n_fat += 1
    first_fat = len(sectors)
    fat += [0xfffffffd] * n_fat
    table = b"".join(struct.pack("<I", x) for x in fat).ljust(n_fat * 512, b"\xff")
    sectors += [table[i * 512:i * 512 + 512] for i in range(n_fat)]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH6sIIIIIIIII", 0x3e, 3, 0xfffe, 9, 6,
                                                                      b"", 0, n_fat, directory, 0, 4096, 0xfffffffe,
                                                                      0, 0xfffffffe, 0)
    difat = [first_fat + i for i in range(n_fat)]
    head += b"".join(struct.pack("<I", x) for x in difat).ljust(436, b"\xff")
    return head + b"".join(sectors)


def doc(text):
    """Word 97: one piece of UTF-16 at 0x400 (MS-DOC)."""
    body = text.encode("utf-16-le")
    table = b"\2" + struct.pack("<IIIHIH", 16, 0, len(text), 0, 0x400, 0)
    d = struct.pack("<HH", 0xa5ec, 0xc1).ljust(0x0a, b"\0") + struct.pack("<H", 0x0200)
    d = d.ljust(0x1a2, b"\0") + struct.pack("<II", 0, len(table))
    return ole([("WordDocument", d.ljust(0x400, b"\0") + body), ("1Table", table)])


def xls(rows):
    """Excel 97: labels, one a cell (MS-XLS)."""
    record = lambda kind, content: struct.pack("<HH", kind, len(content)) + content
    out = record(0x809, struct.pack("<HH", 0x600, 5)) + record(0x0a, b"")
    out += record(0x809, struct.pack("<HH", 0x600, 0x10))
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            out += record(0x204, struct.pack("<HHHHB", r, c, 0, len(cell), 1) + cell.encode("utf-16-le"))
    return ole([("Workbook", out + record(0x0a, b"") * 1024)])


def ppt(text):
    chars = text.encode("utf-16-le")
    return ole([("PowerPoint Document", struct.pack("<HHI", 0, 4000, len(chars)) + chars)])


def msg(subject, body):
    return ole([("__properties_version1.0", b"\0" * 32), ("__substg1.0_0037001F", subject.encode("utf-16-le")),
                ("__substg1.0_1000001F", body.encode("utf-16-le"))])


def rtf(text):
    return b"{\\rtf1\\ansi " + "".join(f"\\u{ord(c) if ord(c) < 32768 else ord(c) - 65536}?"
                                      for c in text).encode() + b"\\par}"


def html(text, charset="utf-8"):
    return (f'<!DOCTYPE html><html><head><meta charset="{charset}"></head><body><p>{text}</p>'
            "<script>var no</script></body></html>").encode(charset)


def xml(text, charset="UTF-8"):
    return f'<?xml version="1.0" encoding="{charset}"?>\n<r><p><name>{text}</name></p></r>'.encode(charset)


def every_kind(text, path):
    """name -> (bytes, kind): all of them hold the text."""
    plain = (text + "\n").encode()
    return {
        "utf8.txt": (plain, "text"), "bom.txt": (b"\xef\xbb\xbf" + plain, "text"),
        "utf16.txt": ((text + "\n").encode("utf-16"), "text"), "sjis.txt": ((text + "\n").encode("cp932"), "text"),
        "euc.csv": ((text + "\n").encode("euc_jp"), "text"), "jis.txt": ((text + "\n").encode("iso2022_jp"), "text"),
        "a.json": (json.dumps({"x": [text]}).encode(), "json"), "a.xml": (xml(text), "xml"),
        "sjis.xml": (xml(text, "Shift_JIS"), "xml"), "a.html": (html(text), "html"),
        "euc.html": (html(text, "euc-jp"), "html"), "a.rtf": (rtf(text), "rtf"), "a.docx": (docx(text), "docx"),
        "a.xlsx": (xlsx([[text, "x"]]), "xlsx"), "a.pptx": (pptx(text), "pptx"), "a.odt": (odt(text), "odt"),
        "a.ods": (ods([[text, "x"]]), "ods"), "a.doc": (doc(text), "doc"), "a.xls": (xls([[text]]), "xls"),
        "a.ppt": (ppt(text), "ppt"), "a.msg": (msg(text, "body"), "msg"), "a.eml": (mail(text), "mail"),
        "attached.eml": (mail("x", docx(text)), "mail"), "a.mbox": (mbox(mail(text), mail("y")), "mbox"),
        "a.zip": (zipped([("名簿.txt", plain)]), "zip"), "a.tar": (tar([("a.txt", plain)]), "archive"),
        "a.tar.xz": (tar([("a.txt", plain)], "w:xz"), "packed"), "a.txt.gz": (gzip.compress(plain), "packed"),
        "a.txt.bz2": (bz2.compress(plain), "packed"), "a.txt.xz": (lzma.compress(plain), "packed"),
        "a.db": (sqlite([(text, "03-1")], path), "sqlite"),
        "nested.zip": (nested(docx(text), "a.docx", 9), "zip"),
    }
