// Accounts for reading. A logon names no server, a file access does, and the
// workstation's name differs in case between them: to the reader one user.
import type { Account } from "./report";
import { parseTime } from "../time";

export interface User {
  /** Those of the report that make this one, at least one. */
  accounts: Account[];
  first: string | null;
  last: string | null;
  /** Different names, as first written. */
  workstations: string[];
  servers: string[];
  track: string | null;
}

export const USER_COUNTS = ["read", "opened", "listed", "denied", "missing", "changed"] as const;
export type UserCount = (typeof USER_COUNTS)[number];

export function countOf(user: User, name: UserCount): number {
  return user.accounts.reduce((sum, a) => sum + (a[name] ?? 0), 0);
}

function addName(list: string[], name: string | undefined): void {
  if (name && !list.some((n) => n.toLowerCase() === name.toLowerCase())) list.push(name);
}

const didNothing = (user: User) => USER_COUNTS.every((name) => countOf(user, name) === 0);

/** Of a track first, and of those the ones that did more than try to log on. */
function rank(user: User): number {
  return user.track === null ? 2 : didNothing(user) ? 1 : 0;
}

/** One an account, client and track. */
export function users(accounts: readonly Account[]): User[] {
  const known = new Map<string, User>();
  for (const a of accounts) {
    const exact = (a as unknown as Record<string, unknown>)["account_base64"];
    const key = JSON.stringify([a.account, exact, a.client, a.track ?? null]);
    let user = known.get(key);
    if (user === undefined) {
      user = { accounts: [], first: null, last: null, workstations: [], servers: [], track: a.track ?? null };
      known.set(key, user);
    }
    user.accounts.push(a);
    if (a.first && !(parseTime(a.first) >= parseTime(user.first))) user.first = a.first;
    if (a.last && !(parseTime(a.last) <= parseTime(user.last))) user.last = a.last;
    addName(user.workstations, a.workstation);
    addName(user.servers, a.server);
  }
  return [...known.values()].sort((a, b) => rank(a) - rank(b));
}
