#!/usr/bin/env python3
"""Labelled documents: what is planted in each, and numbers that only look alike.

  bench/classes/corpus.py DIR [--seed N] [--people N]

Writes documents of many kinds, layouts, formats and encodings below DIR and truth.tsv:
file, class, value (compared by its letters and digits). The same seed gives the same bytes.
"""
import argparse
import io
import os
import random
import zipfile

SURNAMES = """佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 清水 山崎 森 池田 橋本 阿部 石川 山下
中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本 斉藤 福田 太田 西村 藤井 金子 岡本 三浦 中野 原田 小野 田村 竹内 中山 和田 石田
上田 森田 原 柴田 酒井 工藤 横山 宮崎 宮本 内田 高木 谷口 安藤 丸山 今井 大野 高田 菅原 河野 武田 上野 千葉 杉山""".split()
GIVEN = """太郎 花子 健一 翔太 大輔 美咲 陽菜 蓮 湊 結衣 直樹 恵子 洋子 裕子 明美 誠 浩 隆 茂 修 和子 幸子 優子 香織 拓也 達也 健太 亮 愛 葵 さくら
真由美 由美子 智子 久美子 正雄 博 進 勇 学 純一 雄一 俊介 哲也 和也 千尋 七海 遥 彩 舞""".split()
KANA = {"佐藤": "サトウ", "鈴木": "スズキ", "高橋": "タカハシ", "田中": "タナカ", "伊藤": "イトウ", "渡辺": "ワタナベ", "山本": "ヤマモト",
        "中村": "ナカムラ", "小林": "コバヤシ", "加藤": "カトウ"}
ENGLISH = """James Smith|Mary Johnson|Robert Williams|Patricia Brown|John Jones|Jennifer Garcia|Michael Miller|Linda Davis|David Wilson|
Elizabeth Anderson|William Thomas|Barbara Taylor|Richard Moore|Susan Jackson|Joseph Martin|Jessica Lee|Thomas Thompson|Sarah White|
Charles Harris|Karen Clark|Daniel Lewis|Nancy Robinson|Matthew Walker|Lisa Young|Anthony Allen|Betty King|Mark Wright|Margaret Scott""".replace("\n", "").split("|")
TOWNS = [("東京都", "千代田区", "丸の内"), ("東京都", "世田谷区", "三軒茶屋"), ("神奈川県", "横浜市港北区", "新横浜"), ("大阪府", "大阪市北区", "梅田"),
         ("愛知県", "名古屋市中区", "栄"), ("北海道", "札幌市中央区", "大通西"), ("福岡県", "福岡市博多区", "博多駅前"), ("京都府", "京都市左京区", "下鴨"),
         ("埼玉県", "川口市", "本町"), ("長野県", "北佐久郡軽井沢町", "長倉")]


def mynumber(r):
    p = [r.randrange(10) for _ in range(11)]
    s = sum(p[10 - (n - 1)] * (n + 1 if n <= 6 else n - 5) for n in range(1, 12)) % 11
    return "".join(map(str, p)) + str(0 if s <= 1 else 11 - s)


def not_mynumber(r):
    while True:
        x = mynumber(r)
        y = x[:-1] + str((int(x[-1]) + r.randrange(1, 10)) % 10)
        return y


def corporate(r):
    p = [r.randrange(10) for _ in range(12)]
    s = sum(p[12 - n] * (1 if n % 2 else 2) for n in range(1, 13))
    return str(9 - s % 9) + "".join(map(str, p))


def licence(r):
    d = [int(c) for c in f"{r.choice([30, 45, 62, 54, 10, 90])}{r.randrange(100):02d}{r.randrange(1, 10**6):06d}"]
    s = sum(a * b for a, b in zip(d, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)))
    return "".join(map(str, d)) + str((11 - s % 11) % 10) + str(r.randrange(3))


def luhn(prefix, n, r):
    d = [int(c) for c in prefix] + [r.randrange(10) for _ in range(n - 1 - len(prefix))]
    s = sum((x * 2 - 9 if x * 2 > 9 else x * 2) if i % 2 == 0 else x for i, x in enumerate(reversed(d)))
    return "".join(map(str, d)) + str((10 - s % 10) % 10)


def card(r):
    return luhn(r.choice(["4539", "5264", "3528", "4980"]), 16, r)


def insurer(r):
    d = [int(c) for c in r.choice(["06", "01", "39", "34"]) + f"{r.randrange(1, 48):02d}" + f"{r.randrange(1000):03d}"]
    s = sum((x * 2 - 9 if x * 2 > 9 else x * 2) if i % 2 == 0 else x for i, x in enumerate(reversed(d)))
    return "".join(map(str, d)) + str((10 - s % 10) % 10)


def iban(r):
    country, n = r.choice([("DE", 18), ("FR", 23), ("NL", 14), ("GB", 18)])
    bban = "".join(str(r.randrange(10)) for _ in range(n))
    if country in ("GB", "NL"):
        bban = "ABNA" + bban[4:] if country == "NL" else "NWBK" + bban[4:]
    number = "".join(str(int(c, 36)) for c in bban + country + "00")
    return country + f"{98 - int(number) % 97:02d}" + bban


def ssn(r):
    return f"{r.randrange(100, 600):03d}-{r.randrange(10, 99):02d}-{r.randrange(1000, 9999)}"


class Person:
    def __init__(self, r, i):
        self.i = i
        self.english = r.random() < 0.2
        if self.english:
            self.name = r.choice(ENGLISH)
            self.mail = self.name.lower().replace(" ", ".") + f"{i}@example.com"
            self.phone = f"({r.randrange(201, 299)}) {r.randrange(200, 999)}-{r.randrange(10000):04d}"
            self.address = f"{r.randrange(1, 9999)} {r.choice(['Oak', 'Maple', 'Main', 'Washington'])} {r.choice(['Street', 'Ave', 'Road'])}"
            self.kana = ""
        else:
            s, g = r.choice(SURNAMES), r.choice(GIVEN)
            self.surname, self.given = s, g
            self.name = s + r.choice(["", " ", " "]) + g
            self.kana = KANA.get(s, "ヤマカワ") + " " + r.choice(["タロウ", "ハナコ", "ケンイチ", "ミサキ"])
            self.mail = f"user{i}@example.{r.choice(['jp', 'co.jp', 'com', 'ne.jp'])}"
            self.phone = r.choice([f"0{r.choice('789')}0-{r.randrange(1000, 9999)}-{r.randrange(10000):04d}",
                                   f"03-{r.randrange(3000, 6999)}-{r.randrange(10000):04d}",
                                   f"045-{r.randrange(200, 999)}-{r.randrange(10000):04d}"])
            t = r.choice(TOWNS)
            self.address = "".join(t) + r.choice([f"{r.randrange(1, 9)}-{r.randrange(1, 30)}-{r.randrange(1, 20)}",
                                                  f"{r.randrange(1, 9)}丁目{r.randrange(1, 30)}番{r.randrange(1, 20)}号"])
        y, m, d = r.randrange(1940, 2005), r.randrange(1, 13), r.randrange(1, 29)
        era = f"昭和{y - 1925}年{m}月{d}日" if 1927 <= y <= 1988 else f"{y}年{m}月{d}日"
        self.birth = f"{m:02d}/{d:02d}/{y}" if self.english else r.choice([f"{y}/{m:02d}/{d:02d}", f"{y}-{m:02d}-{d:02d}", f"{y}年{m}月{d}日", era])
        self.mynumber, self.licence, self.pension = mynumber(r), licence(r), f"{r.randrange(10**4):04d}-{r.randrange(10**6):06d}"
        self.account, self.card, self.insurer = f"{r.randrange(10**7):07d}", card(r), insurer(r)
        self.passport = r.choice(["TR", "TK", "MS"]) + f"{r.randrange(10**7):07d}"
        self.ssn, self.iban = ssn(r), iban(r)


class Doc:
    def __init__(self, name):
        self.name, self.lines, self.truth = name, [], []

    def add(self, text, **planted):
        self.lines.append(text)
        for cls, value in planted.items():
            for v in value if isinstance(value, list) else [value]:
                self.truth.append((cls.replace("_", "-"), v))

    def text(self):
        return "\n".join(self.lines) + "\n"


def lookalikes(d, r, n):
    """Numbers that are none of what is looked for."""
    for _ in range(n):
        d.add(r.choice([
            f"注文番号: {not_mynumber(r)}", f"受注No {mynumber(r)}", f"商品コード {r.randrange(10**13):013d}",
            f"伝票番号 {r.randrange(1000, 9999)}-{r.randrange(10000):04d}-{r.randrange(10000):04d}",
            f"timestamp={1500000000000 + r.randrange(10**11)}", f"{r.randrange(2015, 2025)}-01-15 10:{r.randrange(60):02d}:45 OK",
            f"Invoice No. {luhn('4', 16, r)}", f"serial {r.randrange(10**16):016d}", f"管理番号 03-{r.randrange(1000, 9999)}-{r.randrange(10000):04d}",
            f"part number {r.randrange(100, 999)}-{r.randrange(10, 99)}-{r.randrange(1000, 9999)}", f"ISBN 978-4-{r.randrange(10**8):08d}-1",
            f"tracking 1Z{r.randrange(10**16):016d}", f"192.168.{r.randrange(256)}.{r.randrange(256)} - GET /a{r.randrange(10**9)}",
            f"UUID {r.getrandbits(32):08x}-{r.getrandbits(16):04x}-4000-8000-{r.getrandbits(48):012x}", f"品番 AB-{r.randrange(10**7):07d}",
            f"合計 {r.randrange(10**7, 10**8)} 円", f"JAN {r.randrange(49 * 10**11, 50 * 10**11)}"]))


def roster(r, people, i):
    d = Doc(f"名簿{i}")
    sep = r.choice([",", ",", "\t"])
    cols = [("氏名", "name", lambda p: p.name), ("フリガナ", None, lambda p: p.kana), ("生年月日", "birth_date", lambda p: p.birth),
            ("住所", "address", lambda p: p.address), ("電話番号", "phone", lambda p: p.phone), ("メールアドレス", "email", lambda p: p.mail)]
    more = [("マイナンバー", "my_number", lambda p: p.mynumber), ("運転免許証番号", "driving_licence", lambda p: p.licence),
            ("基礎年金番号", "pension_number", lambda p: p.pension), ("口座番号", "bank_account", lambda p: p.account),
            ("クレジットカード番号", "payment_card", lambda p: p.card), ("保険者番号", "health_insurance", lambda p: p.insurer),
            ("旅券番号", "passport", lambda p: p.passport), ("受注番号", None, lambda p: mynumber(r)), ("会員番号", None, lambda p: str(100000 + p.i))]
    cols = cols[:r.randrange(3, 7)] + r.sample(more, r.randrange(1, 4))
    if r.random() < 0.3:
        d.add("【社外秘】", marking_company="社外秘")
    d.add(sep.join(c[0] for c in cols))
    for p in people:
        cells = [c[2](p) for c in cols]
        d.add(sep.join(f'"{c}"' if "," in c else c for c in cells), **{c[1]: v for c, v in zip(cols, cells) if c[1] and v})
    return d, [p.i for p in people]


def form(r, p, i):
    d = Doc(f"申込書{i}")
    mark = r.choice([":", " ", "\t", ": "])
    d.add("入会申込書")
    d.add(f"氏名{mark}{p.name}", name=p.name)
    d.add(f"生年月日{mark}{p.birth}", birth_date=p.birth)
    d.add(f"住所{mark}〒{r.randrange(100, 999)}-{r.randrange(10000):04d} {p.address}", address=p.address)
    d.add(f"電話番号{mark}{p.phone}", phone=p.phone)
    d.add(f"メール{mark}{p.mail}", email=p.mail)
    if r.random() < 0.5:
        d.add(f"個人番号{mark}{p.mynumber[:4]} {p.mynumber[4:8]} {p.mynumber[8:]}", my_number=p.mynumber)
    if r.random() < 0.4:
        d.add(f"振込先{mark}みずほ銀行 渋谷支店 普通 {p.account} 名義 {p.kana}", bank_account=p.account)
    if r.random() < 0.3:
        d.add(f"カード番号{mark}{p.card[:4]}-{p.card[4:8]}-{p.card[8:12]}-{p.card[12:]} 有効期限 12/27", payment_card=p.card)
    d.add(f"受付番号{mark}{not_mynumber(r)}")
    return d, [p.i]


def payslip(r, p, i):
    d = Doc(f"給与明細{i}")
    d.add(f"給与明細書 {r.randrange(2018, 2025)}年{r.randrange(1, 13)}月分", kind_payroll="doc")
    d.add(f"社員番号 {100000 + p.i}  氏名 {p.name} 様", name=p.name)
    d.add(f"基本給 {r.randrange(200000, 500000)} 残業手当 {r.randrange(10000, 90000)} 通勤手当 {r.randrange(5000, 30000)}")
    d.add(f"健康保険料 {r.randrange(9000, 30000)} 厚生年金 {r.randrange(9000, 50000)} 所得税 {r.randrange(1000, 30000)} 差引支給額 {r.randrange(100000, 400000)}")
    d.add(f"振込口座: 三井住友銀行 新宿支店 (普通) {p.account}", bank_account=p.account)
    return d, [p.i]


def minutes(r, people, i):
    d = Doc(f"議事録{i}")
    d.add("定例会議 議事録")
    d.add(f"日時: {r.randrange(2018, 2025)}年{r.randrange(1, 13)}月{r.randrange(1, 29)}日 10:00-11:00")
    d.add("出席者: " + "、".join(p.name for p in people), name=[p.name for p in people])
    for p in people[:2]:
        d.add(f"{p.name}さんより、来期の予算について説明があった。", name=p.name)
    lookalikes(d, r, 3)
    return d, [p.i for p in people]


def letter(r, p, i):
    d = Doc(f"連絡{i}")
    d.add("お世話になっております。")
    d.add(f"先日の件で{p.name}様からお電話がありました。折り返しは{p.phone}までお願いします。", name=p.name, phone=p.phone)
    d.add(f"資料は {p.mail} 宛に送ってください。", email=p.mail)
    d.add("")
    d.add("よろしくお願いいたします。")
    return d, [p.i]


def chart(r, p, i):
    d = Doc(f"カルテ{i}")
    d.add("診療録", care_medical="doc")
    d.add(f"患者氏名\t{p.name}\t生年月日\t{p.birth}", name=p.name, birth_date=p.birth)
    d.add(f"保険者番号\t{p.insurer}\t患者番号\t{r.randrange(10**7):07d}", health_insurance=p.insurer)
    d.add(f"住所\t{p.address}\t電話\t{p.phone}", address=p.address, phone=p.phone)
    d.add("主訴: 頭痛、発熱。既往歴: 高血圧。処方: アムロジピン 5mg")
    return d, [p.i]


def hr(r, people, i):
    d = Doc(f"employees{i}")
    d.add("Employee ID,First Name,Last Name,Email,Date of Birth,SSN,Phone,Department,Hire Date,Bank Account Number")
    for p in people:
        first, last = p.name.split(" ")
        acct = f"{r.randrange(10**9, 10**10)}"
        d.add(f"{10000 + p.i},{first},{last},{p.mail},{p.birth},{p.ssn},{p.phone},Sales,0{r.randrange(1, 9)}/15/20{r.randrange(10, 24)},{acct}",
              name=p.name, email=p.mail, birth_date=p.birth, us_ssn=p.ssn, phone=p.phone, bank_account=acct)
    return d, [p.i for p in people]


def mail(r, people, i):
    a, b = people[0], people[1]
    d = Doc(f"mail{i}.eml")
    d.add(f"From: {a.name} <{a.mail}>", name=a.name, email=a.mail)
    d.add(f"To: {b.name} <{b.mail}>", name=b.name, email=b.mail)
    d.add(f"Subject: contract\nDate: Mon, 15 Jan 2024 10:23:45 +0900\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n")
    d.add(f"Please transfer to IBAN {a.iban}.", iban=a.iban)
    lookalikes(d, r, 2)
    return d, [a.i, b.i]


def secrets(r, i):
    d = Doc(f"config{i}")
    hexes = "".join(r.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))
    d.add(f"aws_access_key_id = AKIA{hexes}", token="AKIA" + hexes)
    d.add("-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----", private_key="PRIVATE KEY")
    d.add(f"password: Xk{r.randrange(10**6)}!pq", password=[])
    d.truth.append(("password", d.lines[-1].split(": ")[1]))
    d.add("-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIE\n-----END CERTIFICATE-----")
    return d, []


def plain(r, i):
    d = Doc(f"plain{i}")
    d.add(r.choice(["製品仕様書", "在庫一覧", "アクセスログ", "Release notes", "食堂メニュー"]))
    d.add("この仕様は同様の製品にも適用される。神様のように多様な模様。秘書室は三階。お客様各位。")
    d.add("The name of the function is confidential in no way; see section 4.2 for numbers.")
    lookalikes(d, r, 25)
    return d, []


class Zip(zipfile.ZipFile):
    """Without the time of day: the same content is the same file."""

    def put(self, name, text):
        info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        self.writestr(info, text)


def xlsx(rows):
    out = io.BytesIO()
    esc = lambda t: t.replace("&", "&amp;").replace("<", "&lt;")
    with Zip(out, "w") as z:
        z.put("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>')
        z.put("_rels/.rels", '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        z.put("xl/workbook.xml", '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>')
        z.put("xl/_rels/workbook.xml.rels", '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        body = "".join(f'<row r="{n + 1}">' + "".join(f'<c t="inlineStr" r="{chr(65 + k)}{n + 1}"><is><t>{esc(c)}</t></is></c>' for k, c in enumerate(row)) + "</row>" for n, row in enumerate(rows))
        z.put("xl/worksheets/sheet1.xml", f'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{body}</sheetData></worksheet>')
    return out.getvalue()


def docx(lines):
    out = io.BytesIO()
    esc = lambda t: t.replace("&", "&amp;").replace("<", "&lt;").replace("\t", "</w:t><w:tab/><w:t>")
    with Zip(out, "w") as z:
        z.put("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
        z.put("_rels/.rels", '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>')
        body = "".join(f'<w:p><w:r><w:t xml:space="preserve">{esc(t)}</w:t></w:r></w:p>' for t in lines)
        z.put("word/document.xml", f'<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>')
    return out.getvalue()


WIDE = {ord(c): ord(c) + 0xfee0 for c in "0123456789"}


def write(d, r, folder):
    text = d.text()
    if d.name.endswith(".eml"):
        name, data = d.name, text.encode()
    else:
        kind = r.choice(["utf8", "utf8", "cp932", "utf16", "eucjp", "wide", "html", "docx", "xlsx", "jis"])
        table = any("," in t or "\t" in t for t in d.lines[:3])
        ext = ".csv" if "," in (d.lines[0] + d.lines[min(1, len(d.lines) - 1)]) else ".txt"
        if kind == "wide":
            text = text.translate(WIDE)
        codec = {"cp932": "cp932", "utf16": "utf-16", "eucjp": "euc_jp", "jis": "iso2022_jp"}.get(kind, "utf-8")
        name, data = d.name + "_" + kind + ext, text.encode(codec, "replace")
        if kind == "html":
            esc = text.replace("&", "&amp;").replace("<", "&lt;")
            if ext == ".csv":
                rows = "".join("<tr>" + "".join(f"<td>{c.strip(chr(34))}</td>" for c in t.split(",")) + "</tr>" for t in esc.splitlines())
                body = f"<table>{rows}</table>"
            else:
                body = "".join(f"<p>{t}</p>" for t in esc.splitlines())
            name, data = d.name + ".html", f'<html><head><meta charset="utf-8"></head><body>{body}</body></html>'.encode()
        elif kind == "docx" and not table:
            name, data = d.name + ".docx", docx(d.lines)
        elif kind == "xlsx" and table:
            sep = "," if ext == ".csv" else "\t"
            name, data = d.name + ".xlsx", xlsx([[c.strip('"') for c in t.split(sep)] for t in d.lines])
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)
    return name


def main():
    a = argparse.ArgumentParser()
    a.add_argument("dir")
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--people", type=int, default=600)
    o = a.parse_args()
    r = random.Random(o.seed)
    os.makedirs(o.dir, exist_ok=True)
    people = [Person(r, i) for i in range(o.people)]
    ja, en = [p for p in people if not p.english], [p for p in people if p.english]
    docs = []
    for i in range(12):
        docs.append(roster(r, r.sample(ja, min(len(ja), 30)), i))
        docs.append(minutes(r, r.sample(ja, 5), i))
        docs.append(mail(r, r.sample(en, 2), i))
        docs.append(plain(r, i))
    for i in range(6):
        docs.append(hr(r, r.sample(en, min(len(en), 15)), i))
        docs.append(secrets(r, i))
    for i in range(25):
        docs.append(form(r, r.choice(ja), i))
        docs.append(payslip(r, r.choice(ja), i))
        docs.append(letter(r, r.choice(ja), i))
        docs.append(chart(r, r.choice(ja), i))
    everybody = set()
    with open(os.path.join(o.dir, "truth.tsv"), "w", encoding="utf-8") as t:
        for d, who in docs:
            name = write(d, r, o.dir)
            everybody.update(who)
            t.write(f"{name}\t\t\n")
            for cls, value in d.truth:
                t.write(f"{name}\t{cls}\t{value}\n")
        t.write(f"\tpersons\t{len(everybody)}\n")


if __name__ == "__main__":
    main()
