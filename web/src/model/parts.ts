// The parts of a track for reading: a spray over a hundred accounts is one row.
import type { Decision, DecisionPart, TrackPart } from "./report";
import { parseTime } from "../time";

export interface PartGroup {
  /** One an account, in the order of the report. */
  parts: TrackPart[];
  from: string | null;
  to: string | null;
}

function edge(a: string | null, b: string | null | undefined, later: boolean): string | null {
  if (a === null || !b) return b || a;
  return parseTime(b) > parseTime(a) === later ? b : a;
}

/** Parts alike in everything but account and time, where no account occurs twice. */
export function groupParts(parts: readonly TrackPart[]): PartGroup[] {
  const groups = new Map<string, PartGroup>();
  const out: PartGroup[] = [];
  for (const part of parts) {
    const key = JSON.stringify([part.client, part.workstation, part.server, part.reason]);
    const known = groups.get(key);
    if (known === undefined || known.parts.some((p) => p.account === part.account)) {
      const group = { parts: [part], from: part.from ?? null, to: part.to ?? null };
      groups.set(key, group);
      out.push(group);
    } else {
      known.parts.push(part);
      known.from = edge(known.from, part.from, false);
      known.to = edge(known.to, part.to, true);
    }
  }
  return out;
}

/** The parts a decision moved, each once: where they went, or where they were left out. */
export function toldParts(d: Decision): DecisionPart[] {
  const added = d.parts.filter((p) => p.change === "added");
  return added.length > 0 ? added : d.parts.filter((p) => p.change === "removed");
}
