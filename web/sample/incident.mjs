// A small incident like the one in demo/capture: a password spray, a quiet
// quarter of an hour, then the whole share listed and two departments taken.
import { at, departmentNames, FILE_COLUMNS, hash, iso, makePath, random, topFolders } from "./lib.mjs";

const ATK = "127.0.0.111";
const KALI = "127.0.0.77";

const texts = {
  en: {
    headline: "kato's account, used from two foreign clients, read 1,333 files on fs01 within 25 minutes",
    lines: [
      "On 2026-11-20 at 19:53:40 a password spray from 127.0.0.111 (DESKTOP-ATK01) won the account kato after 14 names.",
      "From 19:57:10 to 20:07:35 it read 15 files quietly, in 営業部/顧客リスト and 開発部/設計書.",
      "At 20:14:10 the same account, now from 127.0.0.77 (KALI), listed 430 of 431 folders it asked for; 役員室 was denied.",
      "At 20:18:10 and 20:21:40 it read 開発部 and 経理部 as a whole: 1,329 files in about two minutes.",
      "Nothing was written, renamed or deleted by the track.",
    ],
    limits: [
      "The logs begin at 19:50:02, three minutes before the first footprint: whether there was earlier access cannot be told.",
      "The logs hold no byte counts: a file counts as read when any part of it was read.",
      "They do not tell whether data that left the server also left the company.",
      "Access through other services of this server (NFS, rsync, local logon) is not in these logs.",
    ],
    reasonTrack:
      "The account was won by a password spray from 127.0.0.111; 127.0.0.77 used the same account and had never been seen before; the real kato worked from 127.0.0.29 at the same time.",
    parts: ["logged on 34 s into a password spray from this client", "same account from a client never seen before; listed 430 folders in 31 s"],
    reasonRejected: "Read one whole folder at once. It is the user's own department, at a usual hour, from the usual client.",
    whys: ["Another department, another PC.", "She confirmed it: the folder was copied for the audit."],
    footprint: "first logon from the client of the password spray",
    observed: "full_audit records opens, reads, writes, renames and deletions",
    degraded: "failed opens below the root carry no name: refused names may be missing",
    findings: {
      spray: "13 accounts failed in 67 s, then kato succeeded",
      listing: "430 folders listed in 31 s",
      readA: "662 files read in 44 s from 開発部",
      readB: "667 files read in 41 s from 経理部",
      backup: "6,794 files read; the account is named like a service's and met no refusal",
      own: "64 files read in 22 s",
      denied: "24 names refused or missing in 60 s",
    },
    remarks: ["full_audit prefix inferred: %u|%I|%m|%S", "times are those of receipt (rsyslog timegenerated)"],
    foreign: "line of another program",
    nameLost: "access was refused below the share's root; Samba does not log the wanted name",
    method: [
      "A file counts as read when a pread, pread_recv or sendfile on it succeeded; as opened when a handle with the right to read was granted.",
      "Every path counts once, by its strongest grade.",
      "Accesses are folded by session; a session without tree connection ends after 15 idle minutes.",
      "Two inputs were decoded; 130,317 of 130,317 records were used.",
    ],
  },
  ja: {
    headline: "kato のアカウントが社外の 2 台から使われ、25 分間に fs01 の 1,333 ファイルが読み取られた",
    lines: [
      "2026-11-20 19:53:40、127.0.0.111（DESKTOP-ATK01）からのパスワードスプレーで、14 の名前を試したのち kato のアカウントが取られた。",
      "19:57:10 から 20:07:35 まで、営業部/顧客リスト と 開発部/設計書 の 15 ファイルが目立たずに読み取られた。",
      "20:14:10、同じアカウントが 127.0.0.77（KALI）から 430 フォルダーを一覧した。役員室 は拒否された。",
      "20:18:10 と 20:21:40、開発部 と 経理部 の全体、計 1,329 ファイルが約 2 分で読み取られた。",
      "この足取りによる書き込み、名前変更、削除はない。",
    ],
    limits: [
      "記録は最初の足跡の 3 分前、19:50:02 に始まる。それより前のアクセスの有無は分からない。",
      "記録にバイト数がない。一部でも読み取られたファイルは「読み取り」に数えている。",
      "サーバーから出たデータが社外へ出たかどうかは、この記録からは分からない。",
      "このサーバーの他のサービス（NFS、rsync、ローカルログオン）によるアクセスは、この記録に含まれない。",
    ],
    reasonTrack:
      "アカウントは 127.0.0.111 からのパスワードスプレーで取られた。127.0.0.77 は同じアカウントを使い、それまで現れたことがない。本人は同じ時刻に 127.0.0.29 で作業していた。",
    parts: ["この接続元からのパスワードスプレーの 34 秒後にログオン", "同じアカウントを初めて現れた接続元が使用。31 秒で 430 フォルダーを一覧"],
    reasonRejected: "一つのフォルダー全体を一度に読み取った。本人の部署で、通常の時間、通常の端末から。",
    whys: ["別の部署の別の端末。", "本人に確認: 監査のためにフォルダーを複写した。"],
    footprint: "パスワードスプレーの接続元からの最初のログオン",
    observed: "full_audit は開く・読む・書く・名前変更・削除を記録している",
    degraded: "共有の最上位より下での失敗には名前がない。拒否された名前の一部が欠けうる",
    findings: {
      spray: "67 秒間に 13 アカウントが失敗し、その後 kato が成功",
      listing: "31 秒間に 430 フォルダーを一覧",
      readA: "開発部の 662 ファイルを 44 秒間に読み取り",
      readB: "経理部の 667 ファイルを 41 秒間に読み取り",
      backup: "6,794 ファイルを読み取り。サービス用の名前で、拒否は一度もない",
      own: "22 秒間に 64 ファイルを読み取り",
      denied: "60 秒間に 24 の名前が拒否された、または存在しない",
    },
    remarks: ["full_audit の prefix を推定：%u|%I|%m|%S", "時刻は受信時刻（rsyslog の timegenerated）"],
    foreign: "他のプログラムの行",
    nameLost: "共有の最上位より下で拒否された。Samba は名前を記録しない",
    method: [
      "pread、pread_recv、sendfile のいずれかが成功したファイルを「読み取り」、読む権利のあるハンドルが与えられたものを「開いた」と数えた。",
      "同じパスは最も強い証拠で一度だけ数えた。",
      "アクセスはセッションごとにまとめた。接続のないセッションは 15 分の空白で終わる。",
      "2 つの入力を読み取り、130,317 件中 130,317 件の記録を使った。",
    ],
  },
};

function fileRows(r) {
  const rows = [];
  const add = (path, grade, from, to, client, records) =>
    rows.push([4100 + rows.length * 3, path, "kyoyu", "fs01", grade, [], iso(from), iso(to), records, "kato", client, "T1"]);
  const burst = (department, n, from, seconds, first) => {
    for (let i = 0; i < n; i++) {
      const t = from + (i * seconds * 1000) / n + r.next() * 30;
      add(makePath(r, department, first + i), "read", t, t + r.int(2, 40), KALI, r.int(8, 24));
    }
  };
  const quiet = at("2026-11-20T19:57:10");
  for (let i = 0; i < 15; i++) {
    const t = quiet + i * 41_000 + r.int(0, 9000);
    add(makePath(r, i < 4 ? "営業部" : "開発部", 900 + i), "read", t, t + r.int(40, 900), ATK, r.int(9, 20));
  }
  const folders = new Set(departmentNames);
  for (let i = 0; folders.size < 430; i++) {
    const parts = makePath(r, r.pick(departmentNames), i).split("/").slice(0, -1);
    folders.add(parts.join("/"));
    if (i > 3000) folders.add(`${parts.join("/")}/${r.int(1, 12)}月`);
  }
  const listing = at("2026-11-20T20:14:10");
  [...folders].forEach((f, i) => add(f, "listed", listing + i * 72, listing + i * 72 + 5, KALI, r.int(4, 60)));
  add("役員室", "denied", listing + 31_200, listing + 31_240, KALI, 2);
  burst("開発部", 656, at("2026-11-20T20:18:10"), 44, 1);
  burst("経理部", 662, at("2026-11-20T20:21:40"), 41, 1);
  return rows;
}

function timeline(r, rows) {
  const start = at("2026-11-20T19:50:00");
  const n = 43;
  const series = {
    others: Array.from({ length: n }, (_, i) => (i === 10 ? 5210 : i === 11 ? 1610 : r.int(14, 58))),
    "track-listed": new Array(n).fill(0),
    "track-opened": new Array(n).fill(0),
    "track-read": new Array(n).fill(0),
    "track-denied": new Array(n).fill(0),
    "track-changed": new Array(n).fill(0),
  };
  for (const row of rows) series[`track-${row[4]}`][Math.floor((Date.parse(row[6]) - start) / 60_000)]++;
  return {
    bucket_s: 60,
    start: iso(start),
    series: Object.entries(series).map(([name, values]) => ({ name, values })),
  };
}

function findings(t) {
  const f = (id, time, first, last, account, client, workstation, kind, severity, technique, message, track, values) => ({
    id, time: iso(at(`2026-11-20T${time}`)), first: iso(at(`2026-11-20T${first}`)), last: iso(at(`2026-11-20T${last}`)),
    account, client, workstation, server: "fs01", share: kind.startsWith("password") ? null : "kyoyu",
    kind, severity, technique, message, track, values,
  });
  const m = t.findings;
  return [
    f("F1", "19:53:22", "19:53:00", "19:54:07", "kato", ATK, "DESKTOP-ATK01", "password-spray", "high", "T1110.003", m.spray, "T1", { accounts: 13, denied: 13, value: 13, threshold: 5, window_s: 1800 }),
    f("F3", "20:14:15", "20:14:10", "20:14:41", "kato", KALI, "KALI", "mass-listing", "high", "T1083", m.listing, "T1", { listed: 430, denied: 1, folders: 430, value: 430, threshold: 60, window_s: 60 }),
    f("F5", "20:18:14", "20:18:10", "20:18:54", "kato", KALI, "KALI", "mass-read", "high", "T1039", m.readA, "T1", { read: 662, folders: 61, value: 662, threshold: 60, window_s: 60 }),
    f("F6", "20:21:44", "20:21:40", "20:22:40", "kato", KALI, "KALI", "mass-read", "high", "T1039", m.readB, "T1", { read: 667, folders: 58, value: 667, threshold: 60, window_s: 60 }),
    f("F2", "20:00:05", "20:00:00", "20:01:30", "svc_backup", "127.0.0.40", "BKUP01", "mass-read", "medium", "T1039", m.backup, null, { read: 6794, folders: 458, value: 5210, threshold: 60, window_s: 60 }),
    f("F4", "20:16:31", "20:16:10", "20:16:32", "suzuki", "127.0.0.22", "KEIRI-PC02", "mass-read", "medium", "T1039", m.own, "T2", { read: 64, folders: 1, value: 64, threshold: 60, window_s: 60 }),
    f("F7", "20:25:40", "20:25:02", "20:25:58", "ito", "127.0.0.25", "SEIZO-PC07", "mass-denied", "low", "T1083", m.denied, null, { denied: 3, missing: 21, value: 24, threshold: 20, window_s: 60 }),
  ];
}

function accounts() {
  const a = (account, client, workstation, first, last, read, opened, listed, denied, missing, changed, track) => ({
    account, client, workstation, server: "fs01",
    first: iso(at(`2026-11-20T${first}`)), last: iso(at(`2026-11-20T${last}`)),
    read, opened, listed, denied, missing, changed, track,
  });
  return [
    a("kato", KALI, "KALI", "20:14:10", "20:22:40", 1329, 0, 430, 1, 0, 0, "T1"),
    a("kato", ATK, "DESKTOP-ATK01", "19:53:40", "20:07:35", 15, 0, 8, 0, 0, 0, "T1"),
    a("suzuki", "127.0.0.22", "KEIRI-PC02", "19:50:31", "20:31:12", 121, 6, 22, 1, 14, 51, "T2"),
    a("svc_backup", "127.0.0.40", "BKUP01", "20:00:00", "20:01:30", 6794, 0, 458, 0, 0, 0, null),
    a("yamada", "127.0.0.24", "KAIHATSU-WS4", "19:50:09", "20:32:20", 138, 3, 31, 0, 9, 44, null),
    a("tanaka", "127.0.0.21", "EIGYO-PC01", "19:50:02", "20:32:31", 74, 5, 26, 2, 17, 49, null),
    a("kato", "127.0.0.29", "EIGYO-PC05", "19:51:40", "20:30:55", 66, 2, 24, 1, 11, 40, null),
    a("ito", "127.0.0.25", "SEIZO-PC07", "19:52:12", "20:31:49", 58, 4, 20, 3, 21, 38, null),
    a("mfp2f", "127.0.0.51", "MFP-2F", "19:52:26", "20:32:43", 0, 0, 0, 0, 42, 42, null),
  ];
}

export function build(language = "en") {
  const r = random(20261120);
  const t = texts[language];
  const rows = fileRows(r);
  const day = (clock) => iso(at(`2026-11-20T${clock}`));
  const scope = { read: 1333, opened: 0, listed: 430, names: 7214, denied: 1, missing: 0, seen: 0, changed: 0, written: 0, renamed: 0, deleted: 0, accesses: 1783, records: 20109 };
  return {
    schema: "ashiato.report/1",
    generator: { name: "ashiato", version: "0.1.0" },
    generated_at: iso(at("2026-11-21T09:12:00")),
    language,
    zone: "+09:00",
    answer: { verdict: "intrusion-suspected", headline: t.headline, lines: t.lines },
    first_footprint: {
      time: day("19:53:40"), account: "kato", client: ATK, workstation: "DESKTOP-ATK01", server: "fs01",
      what: "logon", track: "T1", reason: t.footprint, logs_begin: day("19:50:02.355"),
    },
    counts: {
      scope,
      all: { read: 6981, opened: 24, listed: 466, names: 7311, denied: 9, missing: 127, seen: 310, changed: 926, written: 493, renamed: 474, deleted: 473, accesses: 17804, records: 130187 },
    },
    accounts: accounts(),
    tracks: [
      {
        id: "T1", status: "proposed", origin: "auto", confidence: "probable", reason: t.reasonTrack,
        first: day("19:53:40"), last: day("20:22:40"), counts: scope,
        parts: [
          { account: "kato", client: ATK, workstation: "DESKTOP-ATK01", server: "fs01", from: day("19:53:40"), to: day("20:07:35"), reason: t.parts[0] },
          { account: "kato", client: KALI, workstation: "KALI", server: "fs01", from: day("20:14:10"), to: day("20:22:40"), reason: t.parts[1] },
        ],
      },
      {
        id: "T2", status: "rejected", origin: "analyst", confidence: "possible", reason: t.reasonRejected,
        first: day("20:16:10"), last: day("20:16:32"), counts: { read: 64, listed: 1, records: 912 },
        parts: [{ account: "suzuki", client: "127.0.0.22", workstation: "KEIRI-PC02", server: "fs01", from: day("20:16:10"), to: day("20:16:32"), reason: t.findings.own }],
      },
    ],
    decisions: [
      {
        id: "D1", time: "2026-11-21T09:12:44.120311+09:00", by: "yamada", action: "split", track: "T1", why: t.whys[0], filters: "--client '127.0.0.22'",
        parts: ["removed", "added"].map((change, i) => ({ change, track: `T${i + 1}`, account: "suzuki", client: "127.0.0.22", workstation: "KEIRI-PC02", server: "fs01", from: day("20:16:10"), to: day("20:16:32") })),
      },
      {
        id: "D2", time: "2026-11-21T09:13:02.004100+09:00", by: "yamada", action: "reject", track: "T2", why: t.whys[1], filters: "",
        parts: [{ change: "kept", track: "T2", account: "suzuki", client: "127.0.0.22", workstation: "KEIRI-PC02", server: "fs01", from: day("20:16:10"), to: day("20:16:32") }],
      },
    ],
    findings: findings(t),
    folders: topFolders(rows, 20),
    files: { total: rows.length, columns: FILE_COLUMNS, rows },
    content: {
      files: 1333, not_examined: 2, with_classes: 412, changed_after: 1, partly: 9, contents: 1290,
      outcomes: { ok: 1301, "no-text": 14, encrypted: 11, gone: 5 },
      classes: [
        { class: "name", title: language === "ja" ? "氏名" : "personal names", group: "person", files: 388, count: 20114 },
        { class: "care-medical", title: language === "ja" ? "病歴" : "medical history", group: "care", files: 3, count: 9 },
        { class: "px-number", title: "px-number", group: "own", files: 1, count: 2 },
      ],
      persons: { low: 812, estimate: 934, high: 1106, records: 20114 },
    },
    timeline: timeline(r, rows),
    coverage: [
      { server: "fs01", from: day("19:50:02.355"), to: day("20:32:43.433"), state: "observed", reason: "reads-recorded", text: t.observed, count: null, input: "audit.log.xz", offset: null },
      { server: "fs01", from: day("20:03:10"), to: day("20:06:30"), state: "degraded", reason: "name-lost", text: t.degraded, count: 41, input: "audit.log.xz", offset: 9114702 },
    ],
    inputs: [
      {
        id: 1, name: "audit.log.xz", state: "complete", problem: null, source: "samba", format: "Samba full_audit, rsyslog file format", compression: "xz",
        size: 894212, sha256: hash(r), bytes: 20831646, lines: 130187, records: 130187, events: 130187, skipped: 0,
        first: day("19:50:02.355"), last: day("20:32:43.433"), remarks: t.remarks,
        reasons: [
          { reason: "name-lost", kind: "doubtful", text: t.nameLost, count: 41, offset: 9114702, line: 56911, detail: "openat|fail (Permission denied)|r|/srv/kyoyu" },
          { reason: "foreign", kind: "foreign", text: t.foreign, count: 2, offset: 0, line: 1, detail: "systemd[1]: Started Samba SMB Daemon." },
        ],
      },
      {
        id: 2, name: "auth_audit.json", state: "complete", problem: null, source: "samba", format: "Samba auth_json_audit", compression: null,
        size: 71500, sha256: hash(r), bytes: 71500, lines: 130, records: 130, events: 130, skipped: 0,
        first: day("19:50:02.100"), last: day("20:32:40"), remarks: [], reasons: [],
      },
    ],
    limits: t.limits,
    method: t.method,
  };
}
