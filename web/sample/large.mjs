// The most a page holds: 200,000 of 412,338 paths, thirteen months, twelve
// servers, gaps, and a track that kept quiet until its last day.
import { inquiry } from "./inquiry.mjs";
import { at, departmentNames, FILE_COLUMNS, hash, iso, makePath, random, topFolders } from "./lib.mjs";

const ROWS = 200_000;
const HOUR = 3600e3;

export function build(language = "en") {
  const r = random(2020);
  const en = language === "en";
  const start = at("2025-10-01T00:00:00");
  const hours = 402 * 24;
  const scan = at("2026-11-05T14:02:00");
  const servers = Array.from({ length: 12 }, (_, i) => `fs${String(i + 1).padStart(2, "0")}`);
  const shares = ["kyoyu", "sekkei", "eigyo", "backup"];
  const actors = [
    ["svc_deploy", "10.20.4.17"],
    ["m.lindqvist", "10.31.0.9"],
    ["tanaka.h", "10.20.4.17"],
    ["suzuki.k", "10.20.7.201"],
    ["administrator", "10.31.0.9"],
  ];
  const series = Object.fromEntries(
    ["others", "track-listed", "track-opened", "track-read", "track-denied", "track-changed"].map((name) => [name, new Array(hours).fill(0)]),
  );
  for (let h = 0; h < hours; h++) {
    const hour = h % 24;
    const weekend = Math.floor(h / 24 + 3) % 7 > 4;
    series.others[h] = Math.round((weekend ? 40 : hour > 7 && hour < 19 ? 5200 : 210) * (0.7 + 0.6 * r.next()) + (hour === 2 ? 24_000 : 0));
  }
  const rows = [];
  for (let i = 0; i < ROWS; i++) {
    const x = r.next();
    const grade = x < 0.31 ? "read" : x < 0.42 ? "opened" : x < 0.9 ? "listed" : x < 0.97 ? "seen" : x < 0.99 ? "denied" : "missing";
    const quiet = r.next() < 0.35;
    const t = quiet
      ? start + (40 + r.int(0, 356) + Math.floor(r.next() * 8) / 24) * 24 * HOUR + r.int(0, HOUR)
      : scan + r.int(0, 5 * HOUR);
    const path = makePath(r, r.pick(departmentNames), i);
    const [account, client] = quiet ? actors[r.int(0, 1)] : actors[r.int(2, 4)];
    rows.push([
      1_000_000 + i * 7, grade === "listed" ? path.slice(0, path.lastIndexOf(".")) : path, r.pick(shares), r.pick(servers), grade,
      r.next() < 0.01 ? ["written"] : [], iso(t), iso(t + r.int(3, 90_000)), r.int(1, 40), account, client, quiet ? "T1" : "T2",
    ]);
    const kind = grade === "seen" ? "listed" : grade === "missing" ? "denied" : grade;
    series[`track-${kind}`][Math.floor((t - start) / HOUR)]++;
  }
  const count = (grade) => rows.filter((row) => row[4] === grade).length * 2;
  const scope = { read: count("read"), opened: count("opened"), listed: count("listed"), names: 1_204_551, denied: count("denied"), missing: count("missing"), seen: count("seen"), changed: 4022, written: 4022, renamed: 0, deleted: 0, accesses: 702_113, records: 9_804_220 };
  const track = (id, confidence, first, last, who, counts) => ({
    id, status: id === "T1" ? "accepted" : "proposed", confidence, first: iso(first), last: iso(last), counts,
    reason: en ? "Reads few files a day, at night, in folders no other work of this account touches" : "夜間に 1 日数ファイル、このアカウントの業務と関係のないフォルダーを読み取る",
    parts: who.map(([account, client]) => ({ account, client, workstation: "", server: "fs01", from: iso(first), to: iso(last), reason: en ? "same client" : "同じ接続元" })),
  });
  const kinds = [["mass-listing", "T1083"], ["mass-read", "T1039"], ["mass-denied", "T1083"], ["mass-change", "T1486"], ["password-guessing", "T1110.001"]];
  return {
    schema: "ashiato.report/1",
    generator: { name: "ashiato", version: "0.1.0" },
    generated_at: iso(at("2026-11-06T08:00:00")),
    language,
    zone: "+09:00",
    answer: {
      verdict: "intrusion-suspected",
      headline: en
        ? "Quiet reading on 12 servers since November 2025, then a mass scan on 5 November 2026"
        : "2025 年 11 月から 12 台のサーバーで静かな読み取り、2026 年 11 月 5 日に大量走査",
      paragraph: en
        ? "The records of the file servers show accesses that look like an intruder's; nobody has confirmed it yet. The first is of 2025-11-10, the last of 2026-11-05. 124,000 files were read."
        : "ファイルサーバーの記録に、侵入者によるとみられるアクセスがあります。まだ誰も確認していません。最初は 2025-11-10、最後は 2026-11-05 です。124,000 ファイルが読み取られました。",
      lines: en
        ? ["Two accounts read about 170 files a day for 356 days.", "On 2026-11-05 at 14:02 three further accounts listed and read the shares of all servers within five hours.", "The second phase differs in accounts, clients and tools: a change of operator is possible."]
        : ["2 つのアカウントが 356 日間、1 日約 170 ファイルを読み取った。", "2026-11-05 14:02 から 5 時間に、別の 3 アカウントが全サーバーの共有を一覧し読み取った。", "二つの段階はアカウント、接続元、道具が異なる。操作者の交代がありうる。"],
    },
    first_footprint: {
      time: iso(start + 40 * 24 * HOUR), account: "svc_deploy", client: "10.20.4.17", workstation: "DEPLOY02", server: "fs01", what: "access", track: "T1",
      reason: en ? "first access outside this account's own folders" : "このアカウントの範囲外への最初のアクセス", logs_begin: iso(start),
    },
    counts: { scope, all: { ...scope, read: 2_403_112, opened: 310_200, listed: 288_120, denied: 20_411, missing: 91_002 } },
    accounts: [...actors, ...Array.from({ length: 395 }, (_, i) => [`user${i}`, `10.40.${i >> 3}.${i % 250}`])].map(([account, client], i) => ({
      account, client, workstation: `PC${1000 + i}`, server: r.pick(servers), first: iso(start + i * HOUR), last: iso(scan + i * 9e4),
      read: r.int(0, 30_000), opened: r.int(0, 3000), listed: r.int(0, 9000), denied: r.int(0, 40), missing: r.int(0, 300), changed: r.int(0, 4000), track: i < 2 ? "T1" : i < 5 ? "T2" : null,
    })),
    tracks: [
      track("T1", "confirmed", start + 40 * 24 * HOUR, scan - HOUR, actors.slice(0, 2), { read: 61_200, opened: 20_144, listed: 50_240, records: 2_100_204 }),
      track("T2", "probable", scan, scan + 5 * HOUR, actors.slice(2), scope),
    ],
    findings: Array.from({ length: 640 }, (_, i) => {
      const [kind, technique] = r.pick(kinds);
      const t = i < 400 ? scan + r.int(0, 5 * HOUR) : start + r.int(0, hours - 2) * HOUR;
      const [account, client] = r.pick(actors);
      return {
        id: `F${i + 1}`, time: iso(t), first: iso(t - 4000), last: iso(t + 60_000), account, client, workstation: "PC", server: r.pick(servers), share: r.pick(shares),
        kind, technique, severity: r.pick(["high", "medium", "low"]), message: en ? "far above this actor's habit" : "この利用者の通常を大きく超える", track: i < 400 ? "T2" : null,
        values: { read: r.int(0, 900), listed: r.int(0, 500), value: r.int(60, 900), threshold: 60, window_s: 60 },
      };
    }),
    folders: topFolders(rows, 100),
    files: { total: 412_338, columns: FILE_COLUMNS, rows },
    timeline: { bucket_s: 3600, start: iso(start), series: Object.entries(series).map(([name, values]) => ({ name, values })) },
    ...inquiry("T2", start + 40 * 24 * HOUR, scan + 5 * HOUR, { account: "tanaka.h", client: "10.20.4.17" },
      en ? "376 accesses a minute after 1.4 a minute before; most of its accesses read or open files" : "1 分あたり 376 件。それまでは 1.4 件。アクセスの多くがファイルの読み取りです"),
    coverage: servers.flatMap((server, i) => [
      { server, from: iso(start + i * 9 * 24 * HOUR), to: iso(start + hours * HOUR), state: "observed", reason: "reads-recorded", count: null },
      ...Array.from({ length: r.int(0, 5) }, () => {
        const from = start + r.int(20, 380) * 24 * HOUR;
        return {
          server, from: iso(from), to: iso(from + r.int(1, 300) * HOUR), state: r.pick(["gap", "degraded"]), reason: "rate-limit",
          text: en ? "messages were dropped by a rate limit" : "流量制限でメッセージが捨てられた", count: r.int(10, 90_000), input: `${server}-audit.log.zst`, offset: r.int(0, 9e9),
        };
      }),
      { server, from: iso(start), to: iso(start + i * 9 * 24 * HOUR), state: "unknown", reason: "before-logs", text: en ? "before the first record" : "最初の記録より前", count: null },
    ]),
    inputs: servers.map((server, i) => ({
      id: i + 1, name: `${server}-audit.log.zst`, state: i === 4 ? "damaged" : "complete", problem: i === 4 ? (en ? "frame 211 cannot be decompressed" : "フレーム 211 を展開できない") : null,
      source: "samba", format: "Samba full_audit, rsyslog file format", compression: "zstd", size: r.int(1e9, 4e9), sha256: hash(r), bytes: r.int(1e10, 9e10),
      lines: r.int(1e8, 9e8), records: r.int(1e8, 9e8), events: r.int(1e8, 9e8), skipped: r.int(0, 400), first: iso(start), last: iso(start + hours * HOUR), remarks: [], reasons: [],
    })),
    limits: en
      ? ["412,338 paths are in the scope; this page holds the 200,000 with the strongest evidence.", "fs05: one frame of the log is damaged; 3 h 10 min of 2026-03-02 cannot be told.", "Servers fs02 to fs12 were recorded later than fs01: earlier access to them cannot be seen."]
      : ["対象は 412,338 パス。このページは証拠の強い順に 200,000 を載せる。", "fs05：記録の一部が壊れており、2026-03-02 の 3 時間 10 分は分からない。", "fs02 から fs12 の記録は fs01 より遅く始まる。それより前のアクセスは見えない。"],
    method: en ? ["Every path counts once, by its strongest grade."] : ["同じパスは最も強い証拠で一度だけ数えた。"],
  };
}
