// One range of a walk: its accounts, each repaired or compared.

import { ACCOUNT_STATUSES } from "../account/account.ts";
import { LogUnavailable } from "../account/reach-log.ts";
import { readRangeNumbers } from "../views/accounts-view.ts";
import { compareStatusTotals, recountStatusTotals } from "../views/status-totals.ts";
import { accountsToSettle, type Finding, keepFindings, markMended } from "./differences.ts";
import { accountsIn, registerAccounts } from "./directory.ts";
import type { ProcessorEnv } from "./env.ts";
import { park } from "./parking.ts";
import { RangeFeed } from "./range-feed.ts";
import { repairOrPark } from "./repair-or-park.ts";
import { agreeing, repairTogether } from "./together.ts";
import { compare } from "./verify.ts";
import { finishRange, type RangeMessage, readRange, shortenRange, type WalkRange } from "./walks.ts";

/** How many accounts of a range are dealt with side by side. */
const PARALLEL_ACCOUNTS = 10;

/**
 * After so many events the rest of a range is another message's: each 500 are a query or two, of the thousand that D1 takes
 * from one invocation (D1 documentation, "Limits").
 */
const MAX_EVENTS_PER_MESSAGE = 50_000;

/**
 * So it is after about so many queries for its accounts: where the directory was lost, or many accounts were opened since the
 * walk began, one range has them all. A range that is as long as it was made (`walks.ts`) is not cut, and a damaged feed may
 * still be looked through in what is left (`MAX_FEED_LENGTH`).
 */
const MAX_QUERIES_PER_MESSAGE = 700;
/** What an account takes beside others, and what it takes more where it is repaired or mended alone. */
const QUERIES_TOGETHER = 2;
const QUERIES_ALONE = 20;

/** So often an account's log may fail to answer; then the walk goes on without it, and says so. */
const ATTEMPTS_AT_A_LOG = 5;

/** What each account of a range is dealt with. */
interface Work {
  readonly env: ProcessorEnv;
  readonly walk: string;
  readonly range: WalkRange;
  /** Accounts of which an earlier attempt found something and was interrupted before it was settled. */
  readonly toSettle: ReadonlySet<string>;
  readonly attempt: number;
  readonly feed: RangeFeed;
}

/** Does a range that is not done yet, at the `attempt`th time. Rejects where a part does not answer. */
export async function walkRange(env: ProcessorEnv, message: RangeMessage, attempt: number): Promise<void> {
  const range = await readRange(env.OPERATIONS, message);
  if (range === null) return;
  const { walk, isFeedWhole = false } = message;
  const toSettle = range.mends ? await accountsToSettle(env.OPERATIONS, walk, range) : new Set<string>();
  const feed = new RangeFeed(env.VIEWS, range, isFeedWhole);
  const work: Work = { env, walk, range, attempt, toSettle, feed };
  // What is in a view and not in the directory is looked at too: it may have no log at all.
  const known = new Set(await accountsIn(env.OPERATIONS, range));
  const viewed = await readRangeNumbers(env.VIEWS, range.after, range.upTo);
  const accountNumbers = [...new Set([...known, ...viewed, ...(await feed.accountNumbers())])].toSorted();
  let rest = range;
  let walked = 0;
  let queries = 0;
  let newest = 0;
  for (let start = 0; start < accountNumbers.length; start += PARALLEL_ACCOUNTS) {
    const side = accountNumbers.slice(start, start + PARALLEL_ACCOUNTS);
    const { events, alone } = await walkSide(work, side);
    // Where the directory was lost, the views know whom it has to have.
    await registerAccounts(
      env.OPERATIONS,
      side.filter((accountNumber) => !known.has(accountNumber) && (events.get(accountNumber) ?? 0) > 0),
    );
    newest = [...events.values()].reduce((sum, own) => sum + own, 0);
    walked += newest;
    queries += side.length * QUERIES_TOGETHER + alone * QUERIES_ALONE;
    const next = accountNumbers[start + PARALLEL_ACCOUNTS];
    const last = side.at(-1);
    if (next === undefined || last === undefined) break;
    rest = await shortenRange(env.OPERATIONS, message, rest, last, newest);
    if (walked < MAX_EVENTS_PER_MESSAGE && queries < MAX_QUERIES_PER_MESSAGE) continue;
    await env.ACCOUNT_REPAIRS.sendBatch([{ body: message }]);
    return;
  }
  if (range.upTo === null) await walkTotals(work);
  await finishRange(env.OPERATIONS, message, newest);
}

interface Side {
  /** How many each of the accounts has. */
  readonly events: ReadonlyMap<string, number>;
  /** So many accounts could not be dealt with beside others. */
  readonly alone: number;
}

/** What goes wrong with one account is told when all others are done. */
async function walkSide(work: Work, accountNumbers: readonly string[]): Promise<Side> {
  const events = await walkTogether(work, accountNumbers);
  const alone = accountNumbers.filter((accountNumber) => !events.has(accountNumber));
  const walked = await Promise.allSettled(
    alone.map(async (accountNumber) => events.set(accountNumber, await walkAccount(work, accountNumber))),
  );
  for (const outcome of walked) if (outcome.status === "rejected") throw outcome.reason;
  return { events, alone: alone.length };
}

/** Those that can be dealt with together, and how many events each of them has. */
async function walkTogether(
  { env, range, toSettle, feed }: Work,
  accountNumbers: readonly string[],
): Promise<Map<string, number>> {
  // Where the feed is damaged, nothing that an account's row says of it is taken on trust.
  if (!feed.isWhole) return new Map();
  if (range.kind === "rebuild") return repairTogether(env, accountNumbers);
  return agreeing(
    env,
    accountNumbers.filter((accountNumber) => !toSettle.has(accountNumber)),
  );
}

/** Answers how many events the account has, 0 where its log does not answer. */
async function walkAccount(work: Work, accountNumber: string): Promise<number> {
  try {
    return await (work.range.kind === "rebuild" ? rebuild : verify)(work, accountNumber);
  } catch (error) {
    // One log that can't be read is no reason for a walk never to end. A database that is down is: it is waited for.
    if (!(error instanceof LogUnavailable) || work.attempt < ATTEMPTS_AT_A_LOG) throw error;
    const { env, walk, range } = work;
    if (range.mends) await park(env.OPERATIONS, accountNumber, { version: 1, message: error.message });
    await keepFindings(env.OPERATIONS, walk, [
      { accountNumber, field: "log", view: null, log: error.message },
    ]);
    return 0;
  }
}

async function rebuild({ env, walk, feed }: Work, accountNumber: string): Promise<number> {
  const { version, parked } = await repairOrPark(env, accountNumber, { feed });
  if (parked !== null) {
    await keepFindings(env.OPERATIONS, walk, [
      { accountNumber, field: `event ${version + 1}`, view: null, log: parked },
    ]);
  }
  return version;
}

async function verify(work: Work, accountNumber: string): Promise<number> {
  const { env, walk, range, toSettle, feed } = work;
  let found = 0;
  const keep = async (findings: readonly Finding[]): Promise<void> => {
    found += findings.length;
    await keepFindings(env.OPERATIONS, walk, findings);
  };
  const events = await compare(env, accountNumber, keep, feed);
  if (!range.mends || (found === 0 && !toSettle.has(accountNumber))) return events;
  if (found > 0) await repairOrPark(env, accountNumber, { feed });
  await markMended(env.OPERATIONS, walk, accountNumber);
  // What is found again could not be mended.
  if (found > 0) await compare(env, accountNumber, keep, feed);
  return events;
}

async function walkTotals({ env, walk, range: { kind, mends } }: Work): Promise<void> {
  const { totals, counted } = await compareStatusTotals(env.VIEWS);
  const findings = ACCOUNT_STATUSES.filter((status) => totals[status] !== counted[status]).map(
    (status): Finding => ({
      accountNumber: null,
      field: `total ${status}`,
      view: totals[status],
      log: counted[status],
    }),
  );
  if (kind === "verification") await keepFindings(env.OPERATIONS, walk, findings);
  if (!mends) return;
  if (findings.length > 0) await recountStatusTotals(env.VIEWS);
  if (kind === "verification") await markMended(env.OPERATIONS, walk, null);
}
