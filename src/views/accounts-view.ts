// The accounts view: each account as its log folds to, one row each, listed newest first.

import { ACCOUNT_STATUSES, type Account, type AccountStatus } from "../account/account.ts";

const COLUMNS = "account_number, user_id, status, default_account, created_at, last_modified, version";

interface Row {
  readonly account_number: string;
  readonly user_id: number;
  readonly status: string;
  readonly default_account: number;
  readonly created_at: number;
  readonly last_modified: number;
  readonly version: number;
}

/** The account as far as its events have been projected; null where none has been. */
export async function readAccount(views: D1Database, accountNumber: string): Promise<Account | null> {
  const row = await views
    .prepare(`SELECT ${COLUMNS} FROM accounts WHERE account_number = ?1`)
    .bind(accountNumber)
    .first<Row>();
  return row === null ? null : accountOf(row);
}

/** Those of the accounts that the view has, by number: one query for all. */
export async function readAccounts(
  views: D1Database,
  accountNumbers: readonly string[],
): Promise<Map<string, Account>> {
  const { results } = await views
    .prepare(`SELECT ${COLUMNS} FROM accounts WHERE account_number IN (SELECT value FROM json_each(?1))`)
    .bind(JSON.stringify(accountNumbers))
    .all<Row>();
  return new Map(results.map((row) => [row.account_number, accountOf(row)]));
}

/** Each account's row, written once. Who an account belongs to and when it began never change. */
export function writeAccounts(views: D1Database, accounts: readonly Account[]): D1PreparedStatement {
  return views
    .prepare(
      `INSERT INTO accounts (${COLUMNS})
       SELECT value ->> 'accountNumber', value ->> 'userId', value ->> 'status', value ->> 'defaultAccount',
         value ->> 'createdAt', value ->> 'lastModified', value ->> 'version'
       FROM json_each(?1) WHERE TRUE
       ON CONFLICT (account_number) DO UPDATE SET
         status = excluded.status, default_account = excluded.default_account,
         last_modified = excluded.last_modified, version = excluded.version`,
    )
    .bind(JSON.stringify(accounts));
}

/**
 * Fails with the constraint `views_moved_on`, and rolls back the batch whose first statement it is, unless the view
 * is at exactly these versions (0: the account is not in it). Writes nothing.
 */
export function assertVersions(
  views: D1Database,
  versions: ReadonlyMap<string, number>,
): D1PreparedStatement {
  return views
    .prepare(
      `INSERT INTO moved_on
       SELECT expected.key FROM json_each(?1) AS expected LEFT JOIN accounts ON account_number = expected.key
       WHERE coalesce(accounts.version, 0) <> expected.value LIMIT 1`,
    )
    .bind(JSON.stringify(Object.fromEntries(versions)));
}

export function isMovedOn(error: unknown): boolean {
  return error instanceof Error && error.message.includes("views_moved_on");
}

export interface AccountFilter {
  readonly userId?: number | undefined;
  readonly status?: AccountStatus | undefined;
  readonly defaultAccount?: boolean | undefined;
}

/** A place in the order of the list, which later changes of an account never disturb. */
export interface ListPosition {
  readonly createdAt: number;
  readonly accountNumber: string;
}

/** The accounts that match, newest first, after a place in that order. */
export async function listAccounts(
  views: D1Database,
  filter: AccountFilter,
  after: ListPosition | null,
  limit: number,
): Promise<Account[]> {
  const conditions: string[] = [];
  const bindings: (string | number)[] = [];
  const bind = (value: string | number): string => `?${bindings.push(value)}`;
  if (filter.userId !== undefined) conditions.push(`user_id = ${bind(filter.userId)}`);
  if (filter.status !== undefined) conditions.push(`status = ${bind(filter.status)}`);
  // Spelt out, because a partial index is used for a literal condition only.
  if (filter.defaultAccount !== undefined) {
    conditions.push(`default_account = ${filter.defaultAccount ? 1 : 0}`);
  }
  if (after !== null) {
    conditions.push(
      `(created_at, account_number) < (${bind(after.createdAt)}, ${bind(after.accountNumber)})`,
    );
  }
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const { results } = await views
    .prepare(
      `SELECT ${COLUMNS} FROM accounts ${where}
       ORDER BY created_at DESC, account_number DESC LIMIT ${bind(limit)}`,
    )
    .bind(...bindings)
    .all<Row>();
  return results.map(accountOf);
}

function accountOf(row: Row): Account {
  const status = ACCOUNT_STATUSES.find((known) => known === row.status);
  if (status === undefined) throw new Error(`${row.account_number}: unknown status ${row.status}`);
  return {
    createdAt: row.created_at,
    lastModified: row.last_modified,
    userId: row.user_id,
    accountNumber: row.account_number,
    defaultAccount: row.default_account === 1,
    status,
    version: row.version,
  };
}
