// The accounts' rows that this isolate wrote last. What follows such a row is projected without a look at it: whether it
// still stands so, the guard of the transaction says.

import type { AccountRow } from "../views/accounts-view.ts";
import type { ProcessorEnv } from "./env.ts";

/** About 3 MB, of the 128 that an isolate has. */
const MAX_RECENT_ROWS = 10_000;

/** By the bindings, which are one object as long as an isolate lives. The oldest row first. */
const recent = new WeakMap<ProcessorEnv, Map<string, AccountRow>>();

export function rememberRow(env: ProcessorEnv, row: AccountRow): void {
  const rows = recent.get(env) ?? new Map<string, AccountRow>();
  recent.set(env, rows);
  rows.delete(row.accountNumber);
  rows.set(row.accountNumber, row);
  const [oldest] = rows.size > MAX_RECENT_ROWS ? rows.keys() : [];
  if (oldest !== undefined) rows.delete(oldest);
}

/** The account's row as it was written here last; null where it never was, or long ago. Another isolate may have gone on since. */
export function recentRow(env: ProcessorEnv, accountNumber: string): AccountRow | null {
  return recent.get(env)?.get(accountNumber) ?? null;
}
