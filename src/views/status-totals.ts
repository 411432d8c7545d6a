// The status totals: how many accounts are in each status.

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

/** Every status, zeros too. */
export async function readStatusTotals(views: D1Database): Promise<StatusTotals> {
  const row = await views.prepare(`SELECT ${COLUMNS} FROM status_totals`).first<StatusTotals>();
  return row ?? NONE;
}

/** An account's move from one status to another; null is no account. */
export interface StatusMove {
  readonly from: AccountStatus | null;
  readonly to: AccountStatus | null;
}

/** Moves the totals by the sum of the moves: one row, or none where that sum is nothing. */
export function moveStatusTotals(views: D1Database, moves: readonly StatusMove[]): D1PreparedStatement {
  const differences = ACCOUNT_STATUSES.map(
    (status) =>
      moves.filter(({ to }) => to === status).length - moves.filter(({ from }) => from === status).length,
  );
  return views
    .prepare(
      `INSERT INTO status_totals (id, ${COLUMNS})
       SELECT 1, ${differences.map((_, index) => `?${index + 1}`).join(", ")} WHERE ?${differences.length + 1}
       ON CONFLICT (id) DO UPDATE SET
         ${ACCOUNT_STATUSES.map((status) => `${status} = ${status} + excluded.${status}`).join(", ")}`,
    )
    .bind(...differences, differences.some((difference) => difference !== 0) ? 1 : 0);
}

const COUNTS = ACCOUNT_STATUSES.map((status) => `count(*) FILTER (WHERE status = '${status}') AS ${status}`);

/** The totals beside what counting the accounts gives, both of one moment. Reads every account's index entry. */
export async function compareStatusTotals(
  views: D1Database,
): Promise<{ readonly totals: StatusTotals; readonly counted: StatusTotals }> {
  const [totals, counted] = await views.batch<StatusTotals>([
    views.prepare(`SELECT ${COLUMNS} FROM status_totals`),
    views.prepare(`SELECT ${COUNTS.join(", ")} FROM accounts`),
  ]);
  return { totals: totals?.results[0] ?? NONE, counted: counted?.results[0] ?? NONE };
}

/** Sets the totals to what counting gives. */
export async function recountStatusTotals(views: D1Database): Promise<void> {
  await views
    .prepare(
      `INSERT INTO status_totals (id, ${COLUMNS}) SELECT 1, ${COUNTS.join(", ")} FROM accounts WHERE TRUE
       ON CONFLICT (id) DO UPDATE SET ${ACCOUNT_STATUSES.map((status) => `${status} = excluded.${status}`).join(", ")}`,
    )
    .run();
}
