// What the views have to say: each row is the fold of its log, each event is in the feed once and in order, and the
// totals are what counting gives.

import { env } from "cloudflare:test";
import { accountsIn } from "../../src/processor/directory.ts";
import { listParked } from "../../src/processor/parking.ts";
import { readAccountFeed } from "../../src/views/account-feed.ts";
import { type AccountRow, projectedAccount, readRows } from "../../src/views/accounts-view.ts";
import { readFeed } from "../../src/views/feed.ts";
import { compareStatusTotals } from "../../src/views/status-totals.ts";
import { type History, isSame } from "./check-logs.ts";

/** More than a run has events. */
const PAGE = 500;

export interface Expected {
  readonly history: History;
  /** Whether the view may be behind its log; what it has must be right all the same. */
  readonly mayLag: boolean;
}

export async function checkViews(expected: readonly Expected[]): Promise<string[]> {
  const rows = await readRows(
    env.VIEWS,
    expected.map(({ history }) => history.accountNumber),
  );
  const { events: feed } = await readFeed(env.VIEWS, 0, {}, PAGE);
  const { totals, counted } = await compareStatusTotals(env.VIEWS);
  const wrong: string[] = [];
  if (!isSame(totals, counted)) {
    wrong.push(`totals are ${JSON.stringify(totals)}, accounts ${JSON.stringify(counted)}`);
  }
  for (const [index, { position, event }] of feed.entries()) {
    if (position !== index + 1) wrong.push(`${event.id} is at position ${position}, not ${index + 1}`);
  }
  for (const { history, mayLag } of expected) {
    const { accountNumber, events } = history;
    const row = rows.get(accountNumber);
    wrong.push(...checkRow(history, row));
    const version = row?.version ?? 0;
    if (!mayLag && version !== events.length) {
      wrong.push(`${accountNumber}: the view is at ${version}, the log at ${events.length}`);
    }
    const inFeed = feed.map(({ event }) => event).filter((event) => event.accountNumber === accountNumber);
    if (!isSame(inFeed, events.slice(0, version))) {
      const versions = inFeed.map((event) => event.version).join(" ");
      wrong.push(`${accountNumber}: the feed has ${versions || "nothing"}, the row is at ${version}`);
    }
    const chained = await readAccountFeed(env.VIEWS, accountNumber, 0, events.length);
    if (
      !isSame(
        chained.map(({ event }) => event),
        inFeed,
      )
    ) {
      wrong.push(
        `${accountNumber}: its chain leads to ${chained.length} of ${inFeed.length} events in the feed`,
      );
    }
  }
  return wrong;
}

function checkRow({ accountNumber, states }: History, row: AccountRow | undefined): string[] {
  if (row === undefined) return [];
  const account = projectedAccount(row);
  const folded = states[row.version] ?? null;
  const isRight =
    account !== null &&
    folded !== null &&
    account.createdAt === folded.createdAt &&
    account.lastModified === folded.lastModified &&
    account.userId === folded.userId &&
    account.defaultAccount === folded.defaultAccount &&
    account.status === folded.status;
  return isRight
    ? []
    : [`${accountNumber}: the view has ${JSON.stringify(row)}, the log ${JSON.stringify(folded)}`];
}

/** Nothing in a run is poisonous, so nothing is to be parked in the end; what a view has, the directory has. */
export async function checkOperations(histories: readonly History[]): Promise<string[]> {
  const { items } = await listParked(env.OPERATIONS);
  const wrong = items.map(({ accountNumber, reason }) => `${accountNumber} is parked: ${reason}`);
  const known = await readDirectory();
  for (const { accountNumber, events } of histories) {
    if (events.length > 0 && !known.has(accountNumber))
      wrong.push(`${accountNumber} is not in the directory`);
  }
  return wrong;
}

export async function readDirectory(): Promise<ReadonlySet<string>> {
  return new Set(await accountsIn(env.OPERATIONS, { after: "", upTo: null }));
}
