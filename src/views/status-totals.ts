// The status totals: how many accounts are in each status. They stand in the newest chunk of the feed, which each
// transaction writes anyhow.

import { ACCOUNT_STATUSES, type AccountStatus } from "../account/account.ts";

export type StatusTotals = Readonly<Record<AccountStatus, number>>;

const NONE: StatusTotals = {
  ACCOUNT_PENDING: 0,
  ACCOUNT_CONFIRMED: 0,
  ACCOUNT_ACTIVE: 0,
  ACCOUNT_SUSPENDED: 0,
  ACCOUNT_ARCHIVED: 0,
  ACCOUNT_CLOSED: 0,
};

const COLUMNS = ACCOUNT_STATUSES.join(", ");
const NEWEST = `SELECT ${COLUMNS} FROM feed_chunks ORDER BY last_position DESC LIMIT 1`;

/** Every status, zeros too. */
export async function readStatusTotals(views: D1Database): Promise<StatusTotals> {
  const row = await views.prepare(NEWEST).first<StatusTotals>();
  return row ?? NONE;
}

/** An account's move from one status to another; null is no account. */
export interface StatusMove {
  readonly from: AccountStatus | null;
  readonly to: AccountStatus | null;
}

/** By how much the moves change each total, in the order of `ACCOUNT_STATUSES`. */
export function countMoves(moves: readonly StatusMove[]): number[] {
  return ACCOUNT_STATUSES.map(
    (status) =>
      moves.filter(({ to }) => to === status).length - moves.filter(({ from }) => from === status).length,
  );
}

const COUNTS = ACCOUNT_STATUSES.map((status) => `count(*) FILTER (WHERE status = '${status}') AS ${status}`);

/** The totals beside what counting the accounts gives, both of one moment. Reads every account's index entry. */
export async function compareStatusTotals(
  views: D1Database,
): Promise<{ readonly totals: StatusTotals; readonly counted: StatusTotals }> {
  const [totals, counted] = await views.batch<StatusTotals>([
    views.prepare(NEWEST),
    views.prepare(`SELECT ${COUNTS.join(", ")} FROM accounts`),
  ]);
  return { totals: totals?.results[0] ?? NONE, counted: counted?.results[0] ?? NONE };
}

/** Sets the totals to what counting gives. */
export async function recountStatusTotals(views: D1Database): Promise<void> {
  await views
    .prepare(
      `UPDATE feed_chunks SET (${COLUMNS}) = (SELECT ${COUNTS.join(", ")} FROM accounts)
       WHERE last_position = (SELECT max(last_position) FROM feed_chunks)`,
    )
    .run();
}
