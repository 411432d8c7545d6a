// Verifying: each account's row and its part of the feed, compared with the fold of its log.

import type { Account } from "../account/account.ts";
import { MAX_LOG_SLICE } from "../account/account-log.ts";
import { evolve } from "../account/evolve.ts";
import { readLog } from "../account/reach-log.ts";
import { type AccountRow, PROJECTION, readRows } from "../views/accounts-view.ts";
import type { Finding } from "./differences.ts";
import type { ProcessorEnv } from "./env.ts";
import type { RangeFeed } from "./range-feed.ts";

/** An event that is younger may still be on its way through the queue. */
const ON_ITS_WAY_MS = 60_000;

/**
 * Compares one account as far as its row says that it is projected, and tells what it finds as it goes: a long log may
 * be wrong throughout. `feed`: of a range that has the account. Answers how many events are in the log. Throws where a part
 * does not answer.
 */
export async function compare(
  env: ProcessorEnv,
  accountNumber: string,
  tell: (findings: readonly Finding[]) => Promise<void>,
  feed: RangeFeed,
): Promise<number> {
  // The row first: what is projected while we read is not compared, and so can't look like a difference.
  const row = (await readRows(env.VIEWS, [accountNumber])).get(accountNumber) ?? null;
  const projected = row?.version ?? 0;
  // What is in the feed before the log is read must be in the log.
  const part = await feed.partOf(accountNumber, row);
  const ahead = await part.after(projected);
  let findings: Finding[] = [];
  const expect = (field: string, view: unknown, log: unknown): void => {
    if (view !== log) findings.push({ accountNumber, field, view, log });
  };
  // Of a feed that is damaged, what is missing or there twice is told; this is of one that has everything.
  if (feed.isWhole && !part.isChain) {
    findings.push({ accountNumber, field: "feed chain", view: row?.feedPosition ?? null, log: null });
  }
  let atRow: Account | null = null;
  let waitingSince: number | null = null;
  let folds = true;
  let position = 0;
  let head = 0;
  for (let more = true; more; ) {
    const slice = await readLog(env.ACCOUNT_LOGS, accountNumber, head, MAX_LOG_SLICE);
    for (const event of slice.events) {
      if (event.version > projected) {
        waitingSince ??= event.createdAt;
        continue;
      }
      try {
        if (folds) atRow = evolve(atRow, event);
      } catch (error) {
        folds = false;
        atRow = null;
        expect("fold", event.version, String(error));
      }
      const [entry, ...again] = await part.at(event.version);
      expect(`feed ${event.version}`, JSON.stringify(entry?.event) ?? null, JSON.stringify(event));
      if (entry !== undefined && entry.position < position)
        expect(`feed ${event.version} position`, entry.position, null);
      for (const double of again) expect(`feed ${event.version} again`, double.position, null);
      position = entry?.position ?? position;
    }
    head = slice.events.at(-1)?.version ?? head;
    more = head < slice.currentVersion;
    if (!more || findings.length === 0) continue;
    await tell(findings);
    findings = [];
  }
  for (const { version, event } of ahead) {
    if (version > head) expect(`feed ${version}`, JSON.stringify(event), null);
  }
  compareRow(row, atRow, expect);
  const isLate = waitingSince !== null && waitingSince < Date.now() - ON_ITS_WAY_MS;
  if (isLate || projected > head) expect("version", projected, head);
  if (findings.length > 0) await tell(findings);
  return head;
}

/** Tells of each member of the row what it says, and what it has to say; where versions differ, nothing. */
export function compareRow(
  row: AccountRow | null,
  folded: Account | null,
  expect: (field: string, view: unknown, log: unknown) => void,
): void {
  if (row === null || folded === null) return;
  expect("projection", row.projection, PROJECTION);
  expect("userId", row.userId, folded.userId);
  expect("status", row.status, folded.status);
  expect("defaultAccount", row.defaultAccount === 1, folded.defaultAccount);
  expect("createdAt", row.createdAt, folded.createdAt);
  expect("lastModified", row.lastModified, folded.lastModified);
}
