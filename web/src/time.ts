// Times are shown as the report states them, in the zone of the case, never in
// that of the reader's machine.

const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/;

/** Minutes east of Greenwich, or null if the zone is not a numeric one. */
export function zoneOffset(zone: string): number | null {
  if (zone === "Z" || zone === "UTC") return 0;
  const m = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (m === null) return null;
  return (m[1] === "-" ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3]));
}

/** Milliseconds since 1970 UTC with a fraction, or NaN. */
export function parseTime(iso: string | null | undefined): number {
  if (iso === null || iso === undefined) return NaN;
  const m = ISO.exec(iso);
  if (m === null) return NaN;
  const offset = zoneOffset(m[8] ?? "Z") ?? 0;
  const whole = Date.UTC(+m[1]!, +m[2]! - 1, +m[3]!, +m[4]!, +m[5]!, +m[6]!);
  return whole - offset * 60_000 + (m[7] === undefined ? 0 : Number(m[7]) * 1000);
}

export interface TimeText {
  date: string;
  clock: string;
  /** Only where it differs from the report's. */
  zone: string;
}

/** The parts of a stated time; `fraction` keeps what the log had below a second. */
export function timeText(iso: string, zone: string, fraction = false): TimeText | null {
  const m = ISO.exec(iso);
  if (m === null) return null;
  const own = m[8] ?? "";
  const same = own === "" || own === zone || zoneOffset(own) === zoneOffset(zone);
  return {
    date: `${m[1]}-${m[2]}-${m[3]}`,
    clock: `${m[4]}:${m[5]}:${m[6]}${fraction ? (m[7] ?? "") : ""}`,
    zone: same ? "" : own,
  };
}

/** "2026-11-20 20:14:10" in a zone `offset` minutes east of Greenwich. */
export function formatTime(ms: number, offset: number): string {
  return new Date(ms + offset * 60_000).toISOString().slice(0, 19).replace("T", " ");
}

/** What a datetime-local field holds, read in the zone of the case; NaN if empty. */
export function parseLocal(value: string, offset: number): number {
  const m = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2})?(\.\d+)?$/.exec(value);
  if (m === null) return NaN;
  return Date.parse(`${m[1]}${m[2] ?? ":00"}Z`) - offset * 60_000;
}

/** For a datetime-local field; "" for NaN. */
export function localValue(ms: number, offset: number): string {
  return Number.isNaN(ms) ? "" : new Date(ms + offset * 60_000).toISOString().slice(0, 19);
}
