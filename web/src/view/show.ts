// How values of the report become elements: log text, times, numbers, spans.
import type { Context } from "../context";
import { h } from "../dom";
import type { Segment } from "../text/inert";
import { plain, segments } from "../text/inert";
import { byteSegments } from "../text/bytes";
import { formatTime, timeText } from "../time";

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Names in right-to-left scripts must not swap the parts of a path around them. */
function textNodes(text: string): Node[] {
  if (!RIGHT_TO_LEFT.test(text)) return [document.createTextNode(text)];
  return text
    .split(/([/\\.]+)/)
    .map((part, i) => (i % 2 === 1 ? document.createTextNode(part) : h("bdi", {}, part)));
}

function segmentNodes(ctx: Context, parts: readonly Segment[]): Node[] {
  return parts.flatMap(({ text, escaped }) => {
    if (!escaped) return textNodes(text);
    const lost = text.startsWith("\ufffd");
    return [h("span", { class: "esc", title: ctx.t(lost ? "lostBytes" : "escapedCharacter") }, text)];
  });
}

/** Text from a log, isolated so that it cannot reorder what stands around it. */
export function show(ctx: Context, text: string | null | undefined, className = ""): HTMLElement {
  const parts = segments(text ?? "");
  return h("bdi", { class: `data ${className}`.trim(), dir: "ltr" }, ...segmentNodes(ctx, parts));
}

const TIME = /(\d{4}-\d{2}-\d{2}|\d{2}:\d{2}:\d{2} [+-]\d{2}:\d{2})/;

/** A sentence of the report. Dates in it do not break at their hyphens. */
export function showSentence(ctx: Context, text: string): HTMLElement {
  const out = h("bdi", { class: "data", dir: "ltr" });
  for (const [i, part] of text.split(TIME).entries()) {
    if (i % 2 === 1) out.append(h("span", { class: "date" }, part));
    else out.append(...segmentNodes(ctx, segments(part)));
  }
  return out;
}

/** A field that may have its exact bytes beside it, as `<key>_base64`. */
export function showField(ctx: Context, object: object, key: string): HTMLElement {
  const fields = object as Record<string, unknown>;
  const base64 = fields[`${key}_base64`];
  const exact = typeof base64 === "string" ? byteSegments(base64) : null;
  if (exact === null) return show(ctx, fields[key] as string | null | undefined);
  return h("bdi", { class: "data", dir: "ltr", title: ctx.t("exactBytes") }, ...segmentNodes(ctx, exact));
}

/** Such a field as one string, as search sees it. */
export function fieldText(object: object, key: string): string {
  const fields = object as Record<string, unknown>;
  const base64 = fields[`${key}_base64`];
  const exact = typeof base64 === "string" ? byteSegments(base64) : null;
  return exact === null ? plain(String(fields[key] ?? "")) : exact.map((part) => part.text).join("");
}

/** A time of the report. Its date does not break from its clock. */
export function time(ctx: Context, iso: string | null | undefined, fraction = false): HTMLElement {
  const parts = iso ? timeText(iso, ctx.report.zone, fraction) : null;
  if (!iso) return h("span", { class: "muted" }, ctx.t("unknownTime"));
  if (parts === null) return show(ctx, iso);
  return h(
    "time",
    { datetime: iso },
    h("span", { class: "date" }, parts.date),
    " ",
    parts.clock,
    parts.zone === "" ? null : ` ${parts.zone}`,
  );
}

/** "2026-11-20 20:14:10 – 20:22:40"; the second date only where it differs. */
export function timeRange(
  ctx: Context,
  from: string | null | undefined,
  to: string | null | undefined,
): HTMLElement {
  const a = from ? timeText(from, ctx.report.zone) : null;
  const b = to ? timeText(to, ctx.report.zone) : null;
  if (a === null || b === null || a.date !== b.date)
    return h("span", { class: "range" }, time(ctx, from), " – ", time(ctx, to));
  return h("span", { class: "range" }, time(ctx, from), " – ", h("time", { datetime: to }, b.clock));
}

/** The same as text, for times the page computed. */
export function rangeText(ctx: Context, from: number, to: number): string {
  const a = formatTime(from, ctx.offset);
  const b = formatTime(to, ctx.offset);
  return `${a} – ${a.slice(0, 10) === b.slice(0, 10) ? b.slice(11) : b}`;
}

/** A count; nothing at all and zero look different. */
export function count(ctx: Context, n: number | null | undefined): Node {
  if (n === null || n === undefined) return document.createTextNode("");
  return n === 0 ? h("span", { class: "zero" }, "0") : document.createTextNode(ctx.t.n(n));
}
