// Times that several parts of the page derive from the report.
import type { Coverage, Report } from "./report";
import type { Span } from "./bins";
import { timelineSpan } from "./bins";
import { parseTime, zoneOffset } from "../time";

/** Minutes east of Greenwich for times the page computes itself. */
export function reportOffset(report: Report): number {
  return (
    zoneOffset(report.zone) ??
    zoneOffset(/(?:Z|[+-]\d{2}:\d{2})$/.exec(report.timeline.start ?? "")?.[0] ?? "Z") ??
    0
  );
}

function hull(times: readonly number[]): Span | null {
  const known = times.filter((t) => !Number.isNaN(t));
  if (known.length === 0) return null;
  // Not Math.min(...): there may be more than fit on the stack.
  return {
    from: known.reduce((a, b) => Math.min(a, b)),
    to: known.reduce((a, b) => Math.max(a, b)),
  };
}

/** From the first to the last access of the tracks that are not rejected. */
export function trackSpan(report: Report): Span | null {
  return hull(
    report.tracks
      .filter((t) => t.status !== "rejected")
      .flatMap((t) => [parseTime(t.first), parseTime(t.last)]),
  );
}

/** What the strips show. Open ends get some room, so that they can be seen. */
export function coverageSpan(report: Report): Span | null {
  const timeline = timelineSpan(report.timeline);
  const known = hull([
    ...report.coverage.flatMap((c) => [parseTime(c.from), parseTime(c.to)]),
    ...(timeline === null ? [] : [timeline.from, timeline.to]),
  ]);
  if (known === null) return null;
  const room = 0.03 * (known.to - known.from);
  return {
    from: known.from - (report.coverage.some((c) => !c.from) ? room : 0),
    to: known.to + (report.coverage.some((c) => !c.to) ? room : 0),
  };
}

export interface CoverageSpan extends Span {
  coverage: Coverage;
}

const DRAWING_ORDER: Coverage["state"][] = ["observed", "degraded", "unknown", "gap"];

/** Per server, in the order to draw: what is worse lies above. Open ends reach to `whole`'s. */
export function coverageByServer(report: Report, whole: Span): Map<string, CoverageSpan[]> {
  const servers = new Map<string, CoverageSpan[]>();
  for (const coverage of report.coverage) {
    const from = parseTime(coverage.from);
    const to = parseTime(coverage.to);
    const list = servers.get(coverage.server) ?? [];
    list.push({
      coverage,
      from: Number.isNaN(from) ? whole.from : from,
      to: Number.isNaN(to) ? whole.to : to,
    });
    servers.set(coverage.server, list);
  }
  const depth = (s: CoverageSpan) => DRAWING_ORDER.indexOf(s.coverage.state);
  for (const list of servers.values()) list.sort((a, b) => depth(a) - depth(b) || a.from - b.from);
  return servers;
}
