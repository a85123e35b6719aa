// Everything an intruder can choose, chosen badly: markup, terminal escapes,
// line ends, direction controls, formulas, endless names, lost bytes.
import { inquiry } from "./inquiry.mjs";
import { at, iso } from "./lib.mjs";
import { build as incident } from "./incident.mjs";

const names = [
  "<script>alert(1)</script>.docx",
  "\"><img src=x onerror=alert(1)>.pdf",
  "</script><script>document.title='owned'</script>",
  "<!-- comment --><style>*{display:none}</style>",
  "javascript:alert(1)//.url",
  "__ASHIATO_DATA__.txt",
  "{{constructor.constructor('alert(1)')()}} ${alert(1)} {n} {path}",
  "\u001b[31mred\u001b[0m \u001b]0;title\u0007.log",
  "line one\nline two\r\nthree\ttab.txt",
  "invoice\u202egnp.exe",
  "\u2066\u2067isolate\u2069 pay\u200bpal\u200d.\u00adcom",
  "nbsp\u00a0and\u3000ideographic space.txt",
  "separator\u2028paragraph\u2029.txt",
  "nul\u0000byte\u007f\u0085\u009b31m.bin",
  "lost \ufffd\ufffd bytes.xls",
  "=HYPERLINK(\"x\",\"click\").csv",
  "+1+1.csv", "-2+3.csv", "@SUM(A1).csv", "\t=1+1.csv", "＝1＋1.csv",
  "Z\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030ca\u0316\u0317\u0318\u0319\u031a\u031b\u031c\u031dlgo.txt",
  "葛\udb40\udd00城_正しい異体字.docx",
  "תיקייה/מסמך סודי.pdf",
  "مجلد/ملف سري 123.pdf",
  "ｱｶｳﾝﾄ一覧（半角カナ）ＦＵＬＬ.xlsx",
  "がぎぐ（濁点が分かれた形）.txt".normalize("NFD"),
  "family 👨‍👩‍👧 emoji.png",
  "\u{e0041}\u{e0042}tags.txt",
  `${"very-long-name-".repeat(40)}end.pdf`,
  `${"深い階層/".repeat(60)}終わり.txt`,
  "  leading and trailing spaces  ",
  ".", "..", "/", "", "a//b///c", "..\\..\\windows\\style.txt",
];

export function build(language = "en") {
  const report = incident(language);
  const t = iso(at("2026-11-20T20:14:10"));
  const evilAccount = "<b>admin</b>\u202e\u001b[2J";
  const evilClient = "\"><svg/onload=alert(1)>";
  const evilShare = "share\u0000\n<i>";
  const rows = names.map((name, i) => [
    i + 1, name, evilShare, "srv\u202e<u>", ["read", "opened", "listed", "denied", "missing", "seen", "none", "deleted", "renamed", "written", "linked", "security"][i % 12],
    i % 5 === 0 ? ["written", "renamed"] : [], i % 11 === 0 ? null : t, t, i, i % 3 === 0 ? evilAccount : "kato", i % 4 === 0 ? evilClient : "192.0.2.7", "T1",
  ]);
  report.answer.headline = `${names[0]} ${names[9]} was read`;
  report.answer.paragraph = `${names[1]} ${names[7]} ${names[9]}`;
  report.answer.lines = names.slice(0, 12);
  report.limits = names.slice(6, 10);
  report.generator.version = "0.1\"; } body { display: none } <";
  report.zone = "+09:00";
  Object.assign(report.first_footprint, { account: evilAccount, client: evilClient, workstation: names[9], reason: names[1] });
  report.tracks[0].id = "T1";
  Object.assign(report.tracks[0], { reason: names[2] });
  Object.assign(report.tracks[0].parts[0], { account: evilAccount, client: evilClient, workstation: names[7], server: "srv\u202e<u>", reason: names[8] });
  Object.assign(report.decisions[0], { by: names[1], why: names[7], filters: names[8] });
  Object.assign(report.decisions[0].parts[1], { account: evilAccount, client: evilClient });
  for (const f of report.findings) Object.assign(f, { account: evilAccount, client: evilClient, workstation: names[10], message: names[7], share: evilShare });
  Object.assign(report.accounts[0], { account: "\ufffdlost", account_base64: Buffer.from([0xff, 0x6c, 0x6f, 0x73, 0x74, 0x83, 0x41]).toString("base64"), workstation: names[9] });
  report.folders = names.map((folder, i) => ({ server: "fs01", share: evilShare, folder, read: 40 - i, opened: i, listed: 1, denied: 0, changed: i % 3 }));
  report.files = { ...report.files, total: rows.length, rows };
  report.coverage.push({ server: "srv\u202e<u>", from: null, to: null, state: "unknown", reason: "<x>", text: names[7], count: null, input: names[1], offset: 12 });
  Object.assign(report.inputs[0], { name: names[9], problem: names[7], remarks: names.slice(0, 4) });
  report.inputs[0].reasons[0].detail = names[1];
  Object.assign(report, inquiry("T1", at("2026-11-20T19:53:40"), at("2026-11-20T20:22:40"), { account: evilAccount, client: evilClient, share: evilShare }, names.slice(0, 12).join(" ")));
  report.heatmap.rows[0].day = names[0];
  report.phases[0].name = names[0];
  report.checks[0].command = names[1];
  report.observations[0].command = `query "${names[2]}"`;
  report.hypotheses[0].name = names[9];
  report.method = names.slice(0, 6);
  return report;
}
