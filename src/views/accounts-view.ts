// The accounts view: each account as its log folds to, one row each, listed newest first.

import { ACCOUNT_STATUSES, type Account, type AccountStatus } from "../account/account.ts";

/**
 * The number of the projection: raise it when the views come to show something else of the same events. Each row says
 * which one wrote it; a rebuild writes them all anew.
 */
export const PROJECTION = 1;

const COLUMNS = `account_number AS accountNumber, user_id AS userId, status, default_account AS defaultAccount,
  created_at AS createdAt, last_modified AS lastModified, version, projection`;

/** An account's row as it stands, whatever wrote it. */
export interface AccountRow {
  readonly accountNumber: string;
  readonly userId: number;
  /** May be none that this code knows. */
  readonly status: string;
  /** 0 or 1 */
  readonly defaultAccount: number;
  readonly createdAt: number;
  readonly lastModified: number;
  readonly version: number;
  /** The number of the projection that wrote it. */
  readonly projection: number;
}

/** An account as its row shows it. Newer code may have written the row, so its status may be none that this code knows. */
export type ViewedAccount = Omit<Account, "status"> & Pick<AccountRow, "status">;

/** The account as far as its events have been projected; null where none has been. */
export async function readAccount(views: D1Database, accountNumber: string): Promise<ViewedAccount | null> {
  const row = await views
    .prepare(`SELECT ${COLUMNS} FROM accounts WHERE account_number = ?1`)
    .bind(accountNumber)
    .first<AccountRow>();
  return row === null ? null : viewedAccount(row);
}

/** Those of the accounts that the view has, by number: one query for all. */
export async function readRows(
  views: D1Database,
  accountNumbers: readonly string[],
): Promise<Map<string, AccountRow>> {
  const { results } = await views
    .prepare(`SELECT ${COLUMNS} FROM accounts WHERE account_number IN (SELECT value FROM json_each(?1))`)
    .bind(JSON.stringify(accountNumbers))
    .all<AccountRow>();
  return new Map(results.map((row) => [row.accountNumber, row]));
}

/** The account numbers in the list and in the feed after one up to another, in order; null is no end. */
export async function readRangeNumbers(
  views: D1Database,
  after: string,
  upTo: string | null,
): Promise<string[]> {
  const { results } = await views
    .prepare(
      `SELECT account_number AS accountNumber FROM accounts
       WHERE account_number > ?1 AND (?2 IS NULL OR account_number <= ?2)
       UNION SELECT account_number FROM feed
       WHERE account_number > ?1 AND (?2 IS NULL OR account_number <= ?2) ORDER BY 1`,
    )
    .bind(after, upTo)
    .all<Pick<AccountRow, "accountNumber">>();
  return results.map(({ accountNumber }) => accountNumber);
}

/** The account that a row says, as this projection would have written it; null where it can't have. */
export function projectedAccount(row: AccountRow): Account | null {
  const account = viewedAccount(row);
  return row.projection === PROJECTION && hasKnownStatus(account) ? account : null;
}

/** Each account's row, written once. Who an account belongs to and when it began never change. */
export function writeAccounts(views: D1Database, accounts: readonly Account[]): D1PreparedStatement {
  return views
    .prepare(
      `INSERT INTO accounts (account_number, user_id, status, default_account, created_at, last_modified, version,
         projection)
       SELECT value ->> 'accountNumber', value ->> 'userId', value ->> 'status', value ->> 'defaultAccount',
         value ->> 'createdAt', value ->> 'lastModified', value ->> 'version', ?2
       FROM json_each(?1) WHERE TRUE
       ON CONFLICT (account_number) DO UPDATE SET
         status = excluded.status, default_account = excluded.default_account,
         last_modified = excluded.last_modified, version = excluded.version, projection = excluded.projection`,
    )
    .bind(JSON.stringify(accounts), PROJECTION);
}

/** Takes accounts out of the view: those that have no log, and those whose owner or beginning it had wrong. */
export function removeAccounts(views: D1Database, accountNumbers: readonly string[]): D1PreparedStatement {
  return views
    .prepare("DELETE FROM accounts WHERE account_number IN (SELECT value FROM json_each(?1))")
    .bind(JSON.stringify(accountNumbers));
}

/** What a writer read of an account before it wrote; null where the view did not have it. */
export type AsRead = Pick<AccountRow, "version" | "status"> | null;

/**
 * Fails with the constraint `views_moved_on`, and rolls back the batch whose first statement it is, unless the view
 * still has these accounts as they were read. Writes nothing.
 */
export function assertUnmoved(views: D1Database, asRead: ReadonlyMap<string, AsRead>): D1PreparedStatement {
  const expected = [...asRead].map(([accountNumber, account]) => [
    accountNumber,
    account?.version ?? null,
    account?.status ?? null,
  ]);
  return views
    .prepare(
      `INSERT INTO moved_on
       SELECT value ->> 0 FROM json_each(?1) LEFT JOIN accounts ON account_number = value ->> 0
       WHERE version IS NOT value ->> 1 OR status IS NOT value ->> 2 LIMIT 1`,
    )
    .bind(JSON.stringify(expected));
}

export function isMovedOn(error: unknown): boolean {
  return error instanceof Error && error.message.includes("views_moved_on");
}

/** Whether the database refused what it was given, and would again; else it could not answer. */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && /constraint failed|too big|cannot store/i.test(error.message);
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
): Promise<ViewedAccount[]> {
  const conditions: string[] = [];
  const bindings: (string | number)[] = [];
  const bind = (value: string | number): string => `?${bindings.push(value)}`;
  if (filter.userId !== undefined) conditions.push(`user_id = ${bind(filter.userId)}`);
  // A plus keeps a condition from choosing the index, where another one is far narrower.
  const plus = filter.userId !== undefined || filter.defaultAccount === true ? "+" : "";
  if (filter.status !== undefined) conditions.push(`${plus}status = ${bind(filter.status)}`);
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
    .all<AccountRow>();
  return results.map(viewedAccount);
}

function viewedAccount({ projection: _, defaultAccount, ...row }: AccountRow): ViewedAccount {
  return { ...row, defaultAccount: defaultAccount === 1 };
}

export function hasKnownStatus(account: ViewedAccount): account is Account {
  return isKnownStatus(account.status);
}

export function isKnownStatus(status: string): status is AccountStatus {
  return ACCOUNT_STATUSES.some((known) => known === status);
}
