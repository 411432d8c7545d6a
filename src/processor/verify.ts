// Verifying: each account's row and its part of the feed, compared with the fold of its log.

import type { Account } from "../account/account.ts";
import { MAX_LOG_SLICE } from "../account/account-log.ts";
import { evolve } from "../account/evolve.ts";
import { readLog } from "../account/reach-log.ts";
import { type AccountRow, PROJECTION, readRows } from "../views/accounts-view.ts";
import { readAccountFeed } from "../views/feed.ts";
import type { Finding } from "./differences.ts";
import type { ProcessorEnv } from "./env.ts";

/** An event that is younger may still be on its way through the queue. */
const ON_ITS_WAY_MS = 60_000;

/**
 * Compares one account as far as its row says that it is projected, and tells what it finds as it goes: a long log may
 * be wrong throughout. Answers how many events are in the log. Throws where a part does not answer.
 */
export async function compare(
  env: ProcessorEnv,
  accountNumber: string,
  tell: (findings: readonly Finding[]) => Promise<void>,
): Promise<number> {
  // The row first: what is projected while we read is not compared, and so can't look like a difference.
  const row = (await readRows(env.VIEWS, [accountNumber])).get(accountNumber) ?? null;
  const projected = row?.version ?? 0;
  let findings: Finding[] = [];
  const expect = (field: string, view: unknown, log: unknown): void => {
    if (view !== log) findings.push({ accountNumber, field, view, log });
  };
  let atRow: Account | null = null;
  let waitingSince: number | null = null;
  let folds = true;
  let position = 0;
  let head = 0;
  for (let more = true; more; ) {
    const slice = await readLog(env.ACCOUNT_LOGS, accountNumber, head, MAX_LOG_SLICE);
    const inFeed = await readAccountFeed(env.VIEWS, accountNumber, head, head + MAX_LOG_SLICE);
    const feed = new Map(inFeed.map((entry) => [entry.version, entry]));
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
      const entry = feed.get(event.version);
      expect(`feed ${event.version}`, JSON.stringify(entry?.event) ?? null, JSON.stringify(event));
      if (entry !== undefined && entry.position < position)
        expect(`feed ${event.version} position`, entry.position, null);
      position = entry?.position ?? position;
    }
    head = slice.events.at(-1)?.version ?? head;
    more = head < slice.currentVersion;
    if (findings.length === 0) continue;
    await tell(findings);
    findings = [];
  }
  const ahead = await readAccountFeed(env.VIEWS, accountNumber, head, Number.MAX_SAFE_INTEGER);
  // What came into the log and the feed since the log was read is no difference.
  const newest =
    ahead.length === 0 ? head : (await readLog(env.ACCOUNT_LOGS, accountNumber, head, 1)).currentVersion;
  for (const { version, event } of ahead) {
    if (version > newest) expect(`feed ${version}`, JSON.stringify(event), null);
  }
  compareRow(row, atRow, expect);
  const isLate = waitingSince !== null && waitingSince < Date.now() - ON_ITS_WAY_MS;
  if (isLate || projected > head) expect("version", projected, head);
  if (findings.length > 0) await tell(findings);
  return head;
}

function compareRow(
  row: AccountRow | null,
  folded: Account | null,
  expect: (field: string, view: unknown, log: unknown) => void,
): void {
  // Where versions differ, that is what is said.
  if (row === null || folded === null) return;
  expect("projection", row.projection, PROJECTION);
  expect("userId", row.userId, folded.userId);
  expect("status", row.status, folded.status);
  expect("defaultAccount", row.defaultAccount === 1, folded.defaultAccount);
  expect("createdAt", row.createdAt, folded.createdAt);
  expect("lastModified", row.lastModified, folded.lastModified);
}
