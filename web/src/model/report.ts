// The data model: docs/report.schema.json, "ashiato.report/1". Fields may be
// added within a version; the page ignores what it does not know.

export const SCHEMA = "ashiato.report/1";

export type Language = "en" | "ja";
export type Verdict = "intrusion-suspected" | "unusual" | "nothing-found" | "cannot-tell";
export type Severity = "low" | "medium" | "high";
export type CoverageState = "observed" | "degraded" | "gap" | "unknown";
export type SeriesName =
  | "others"
  | "track-listed"
  | "track-opened"
  | "track-read"
  | "track-denied"
  | "track-changed";
type Time = string | null;

/** null: not counted, as for everyone in a very large case. */
type Count = number | null;

export interface Counts {
  read?: Count;
  opened?: Count;
  listed?: Count;
  names?: Count;
  denied?: Count;
  missing?: Count;
  seen?: Count;
  /** Files with a change of any kind. */
  changed?: Count;
  written?: Count;
  renamed?: Count;
  deleted?: Count;
  accesses?: number;
  records?: number;
}

export interface Footprint {
  time: string;
  account?: string;
  client?: string;
  workstation?: string;
  server?: string;
  what?: "logon" | "access" | "failed-logon";
  track?: string;
  reason?: string;
  logs_begin?: Time;
}

export interface Account {
  account: string;
  client: string;
  workstation?: string;
  server?: string;
  first?: Time;
  last?: Time;
  read?: number;
  opened?: number;
  listed?: number;
  denied?: number;
  missing?: number;
  changed?: number;
  track?: string | null;
}

export interface TrackPart {
  account: string;
  client: string;
  workstation?: string;
  server?: string;
  from?: Time;
  to?: Time;
  reason?: string;
}

export interface Track {
  id: string;
  status: "proposed" | "accepted" | "rejected";
  origin?: "auto" | "analyst";
  confidence: "confirmed" | "probable" | "possible";
  reason: string;
  first?: Time;
  last?: Time;
  counts: Counts;
  parts: TrackPart[];
}

export interface DecisionPart {
  change: "kept" | "added" | "removed";
  track: string;
  account: string;
  client: string;
  workstation?: string;
  server?: string;
  from?: Time;
  to?: Time;
}

export interface Decision {
  id: string;
  time: Time;
  by: string;
  action: "accept" | "reject" | "split" | "add" | "drop";
  track: string;
  why: string;
  /** As they were typed. */
  filters?: string;
  parts: DecisionPart[];
}

export interface Finding {
  id: string;
  time: string;
  first?: string;
  last?: string;
  account: string;
  client: string;
  workstation?: string;
  server?: string;
  share?: string | null;
  kind: string;
  severity: Severity;
  technique?: string;
  message?: string;
  track?: string | null;
  values?: Record<string, number>;
  measure?: string;
  basis?: string;
  /** What to do next. */
  advice?: string;
  telling?: { time: string; input: number; offset: number }[];
}

export interface Folder {
  server: string;
  share: string;
  folder: string;
  read: number;
  opened: number;
  listed: number;
  denied: number;
  changed: number;
}

export const FILE_COLUMNS = [
  "id",
  "path",
  "share",
  "server",
  "grade",
  "changes",
  "first",
  "last",
  "records",
  "account",
  "client",
  "track",
  "content",
  "classes",
] as const;
export type FileColumn = (typeof FILE_COLUMNS)[number];
export type FileValue = string | number | null | string[];
export type FileRow = readonly FileValue[];

export interface Timeline {
  bucket_s: number;
  start: Time;
  series: { name: SeriesName; values: number[] }[];
  /** The time around the tracks, in smaller buckets. */
  detail?: Timeline | null;
}

export interface Coverage {
  server: string;
  from: Time;
  to: Time;
  state: CoverageState;
  reason: string;
  text?: string;
  count?: number | null;
  input?: string | null;
  offset?: number | null;
}

export interface InputReason {
  reason: string;
  kind: "skipped" | "foreign" | "doubtful" | "loss";
  text?: string;
  count?: number;
  offset?: number | null;
  line?: number | null;
  detail?: string;
}

export interface Input {
  id: number;
  name: string;
  state: "complete" | "partial" | "damaged" | "duplicate" | "unrecognised" | "unreadable";
  problem?: string | null;
  source?: string | null;
  format?: string | null;
  compression?: string | null;
  size?: number | null;
  sha256?: string | null;
  bytes?: number;
  lines?: number;
  records?: number;
  events?: number;
  skipped?: number;
  first?: Time;
  last?: Time;
  remarks?: string[];
  reasons?: InputReason[];
}

export type PhaseName =
  | "entry"
  | "reconnaissance"
  | "collection"
  | "change"
  | "pause"
  | "loud-end"
  | "end";

/** Some of `count` different ones. */
export interface Some<T> {
  count: number;
  some: T[];
}

export interface Phase {
  track: string;
  name: PhaseName;
  activity: PhaseName | null;
  from: string;
  to: string;
  accesses: number;
  /** Minutes with an access, and accesses in one of them. */
  minutes: number;
  pace: number | null;
  read: number;
  opened: number;
  listed: number;
  denied: number;
  missing: number;
  changed: number;
  folders: number;
  logons: number;
  failed_logons: number;
  actors: Some<{ account: string; client: string; workstation?: string; server?: string }>;
  shares: Some<{ server: string; share: string }>;
  ids: string[];
  text: string;
}

export interface HeatRow {
  /** A date, or "mon" to "sun". */
  day: string;
  /** Of each hour. */
  tracks: number[];
  accounts: number[];
}

export interface Check {
  name: string;
  state: "seen" | "not-found" | "cannot-tell";
  count: number;
  ids: string[];
  command?: string;
  text: string;
}

export interface Hypothesis {
  track: string;
  name: string;
  rank: number;
  contradicts: number;
  supports: number;
  text: string;
  decides: string;
}

export interface Observation {
  track: string;
  name: string;
  /** null: not observed, or too little is known. */
  value: string | null;
  words: string;
  says: Record<string, "for" | "against">;
  count: number;
  ids: string[];
  /** To be run after "ashiato": lists what it was taken from. */
  command?: string;
  text: string | null;
}

export interface ContentClass {
  class: string;
  /** For people, in the report's language. */
  title?: string;
  group: string;
  files: number;
  /** Occurrences, over different contents. */
  count: number;
}

export interface Content {
  files: number;
  not_examined: number;
  with_classes: number;
  changed_after: number;
  partly: number;
  contents: number;
  outcomes: Record<string, number>;
  classes: ContentClass[];
  persons: { low: number; estimate: number; high: number; records: number };
}

export interface Report {
  schema: typeof SCHEMA;
  generator: { name: string; version: string };
  generated_at?: Time;
  language: Language;
  zone: string;
  answer: { verdict: Verdict; headline: string; paragraph?: string; lines: string[] };
  first_footprint: Footprint | null;
  counts: { scope?: Counts; all?: Counts };
  accounts: Account[];
  tracks: Track[];
  decisions?: Decision[];
  findings: Finding[];
  folders: Folder[];
  files: { total: number; columns: string[]; rows: FileRow[] };
  /** null: the content of files was not examined. */
  content?: Content | null;
  timeline: Timeline;
  phases?: Phase[];
  heatmap?: { by: "date" | "weekday" | null; rows: HeatRow[] };
  checks?: Check[];
  hypotheses?: Hypothesis[];
  observations?: Observation[];
  coverage: Coverage[];
  inputs: Input[];
  limits: string[];
  method: string[];
}
