// A quiet day, and a gap: nothing was found, which is not the same as nothing happened.
import { at, FILE_COLUMNS, hash, iso, random } from "./lib.mjs";

export function build(language = "en") {
  const r = random(7);
  const en = language === "en";
  const day = (clock) => iso(at(`2026-11-19T${clock}`));
  const zero = { read: 0, opened: 0, listed: 0, names: 0, denied: 0, missing: 0, seen: 0, changed: 0, written: 0, renamed: 0, deleted: 0, accesses: 0, records: 0 };
  return {
    schema: "ashiato.report/1",
    generator: { name: "ashiato", version: "0.1.0" },
    generated_at: null,
    language,
    zone: "+09:00",
    answer: {
      verdict: "nothing-found",
      headline: en ? "No mass access and no password attack in the records examined" : "調べた記録に、大量アクセスもパスワード攻撃も見つからなかった",
      lines: en
        ? ["2,214 files were read by 9 accounts on 2026-11-19, none faster than by hand.", "The records have one gap of 42 minutes."]
        : ["2026-11-19 に 9 アカウントが 2,214 ファイルを読み取った。手作業の速さを超えるものはない。", "記録には 42 分の欠落が 1 か所ある。"],
    },
    first_footprint: null,
    counts: { scope: zero, all: { ...zero, read: 2214, opened: 310, listed: 402, denied: 12, missing: 91, changed: 214, written: 188, renamed: 40, deleted: 22 } },
    accounts: [],
    tracks: [],
    findings: [],
    folders: [],
    files: { total: 0, columns: FILE_COLUMNS, rows: [] },
    timeline: {
      bucket_s: 300,
      start: day("08:00:00"),
      series: [{ name: "others", values: Array.from({ length: 120 }, (_, i) => (i > 39 && i < 49 ? 0 : r.int(20, 140))) }],
    },
    coverage: [
      { server: "nas2", from: day("08:00:00"), to: day("18:00:00"), state: "observed", reason: "reads-recorded", count: null },
      { server: "nas2", from: day("11:20:00"), to: day("12:02:00"), state: "gap", reason: "rate-limit", text: en ? "messages were dropped by a rate limit" : "流量制限でメッセージが捨てられた", count: 8123, input: "audit.log", offset: 4410233 },
      { server: "nas2", from: null, to: day("08:00:00"), state: "unknown", reason: "before-logs", text: en ? "before the first record" : "最初の記録より前", count: null },
    ],
    inputs: [
      {
        id: 1, name: "audit.log", state: "partial", problem: en ? "ends in the middle of a line" : "行の途中で終わっている", source: "samba", format: "Samba full_audit", compression: null,
        size: 9120034, sha256: hash(r), bytes: 9120034, lines: 58012, records: 58011, events: 58011, skipped: 1,
        first: day("08:00:00"), last: day("18:00:00"), remarks: [],
        reasons: [{ reason: "rate-limit", kind: "loss", text: en ? "messages were dropped by a rate limit" : "流量制限でメッセージが捨てられた", count: 8123, offset: 4410233, line: 27044, detail: "imuxsock[811]: 8123 messages lost due to rate-limiting" }],
      },
    ],
    limits: en
      ? ["From 11:20 to 12:02 the log lost messages: what was read then cannot be told.", "Nothing before 2026-11-19 08:00 was examined."]
      : ["11:20 から 12:02 まで記録が失われており、その間に何が読み取られたかは分からない。", "2026-11-19 08:00 より前は調べていない。"],
    method: en ? ["Every path counts once, by its strongest grade."] : ["同じパスは最も強い証拠で一度だけ数えた。"],
  };
}
