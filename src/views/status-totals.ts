// The status totals: how many accounts are in each status.

import { ACCOUNT_STATUSES, type AccountStatus } from "../account/account.ts";

export type StatusTotals = Readonly<Record<AccountStatus, number>>;

/** Every status, zeros too. */
export async function readStatusTotals(views: D1Database): Promise<StatusTotals> {
  const { results } = await views
    .prepare("SELECT status, accounts FROM status_totals")
    .all<{ status: string; accounts: number }>();
  const counted = new Map(results.map(({ status, accounts }) => [status, accounts]));
  const total = (status: AccountStatus): number => counted.get(status) ?? 0;
  return {
    ACCOUNT_PENDING: total("ACCOUNT_PENDING"),
    ACCOUNT_CONFIRMED: total("ACCOUNT_CONFIRMED"),
    ACCOUNT_ACTIVE: total("ACCOUNT_ACTIVE"),
    ACCOUNT_SUSPENDED: total("ACCOUNT_SUSPENDED"),
    ACCOUNT_ARCHIVED: total("ACCOUNT_ARCHIVED"),
    ACCOUNT_CLOSED: total("ACCOUNT_CLOSED"),
  };
}

/** An account's move from one status (null: it was in none) to another. */
export interface StatusMove {
  readonly from: AccountStatus | null;
  readonly to: AccountStatus;
}

/** Moves the totals by the sum of the moves; a status whose total stays as it is costs no row. */
export function moveStatusTotals(views: D1Database, moves: readonly StatusMove[]): D1PreparedStatement {
  const differences = ACCOUNT_STATUSES.map((status) => ({
    status,
    difference:
      moves.filter(({ to }) => to === status).length - moves.filter(({ from }) => from === status).length,
  })).filter(({ difference }) => difference !== 0);
  return views
    .prepare(
      `INSERT INTO status_totals (status, accounts)
       SELECT value ->> 'status', value ->> 'difference' FROM json_each(?1) WHERE TRUE
       ON CONFLICT (status) DO UPDATE SET accounts = accounts + excluded.accounts`,
    )
    .bind(JSON.stringify(differences));
}
