// The accounts view: each account as its log folds to, one row each, listed newest first.

import { ACCOUNT_STATUSES, type Account, type AccountStatus } from "../account/account.ts";

/**
 * The number of the projection: raise it when the views come to show something else of the same events. Each row says
 * which one wrote it; a rebuild writes them all anew.
 */
export const PROJECTION = 1;

/** Of what is shown of an account. */
const SHOWN_COLUMNS = `account_number AS accountNumber, user_id AS userId, status,
  default_account AS defaultAccount, created_at AS createdAt, last_modified AS lastModified, version`;

const COLUMNS = `${SHOWN_COLUMNS}, projection, feed_position AS feedPosition`;

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
  /** Where the account's newest events are in the feed: the last position of that chunk. */
  readonly feedPosition: number;
}

type ShownRow = Omit<AccountRow, "projection" | "feedPosition">;

/** What is shown of many accounts, as one text, which `parseShown` reads: rows with a name at each value take longer to be read. */
export const SHOWN_TOGETHER =
  "json_group_array(json_array(account_number, user_id, status, default_account, created_at, last_modified, version))";

/** An account as its row shows it. Newer code may have written the row, so its status may be none that this code knows. */
export type ViewedAccount = Omit<Account, "status"> & Pick<AccountRow, "status">;

/** The account as far as its events have been projected; null where none has been. */
export async function readAccount(views: D1Database, accountNumber: string): Promise<ViewedAccount | null> {
  const row = await views
    .prepare(`SELECT ${SHOWN_COLUMNS} FROM accounts WHERE account_number = ?1`)
    .bind(accountNumber)
    .first<ShownRow>();
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

/** The account numbers in the list after one up to another, in order; null is no end. */
export async function readRangeNumbers(
  views: D1Database,
  after: string,
  upTo: string | null,
): Promise<string[]> {
  const { results } = await views
    .prepare(
      `SELECT account_number AS accountNumber FROM accounts
       WHERE account_number > ?1 AND (?2 IS NULL OR account_number <= ?2) ORDER BY account_number`,
    )
    .bind(after, upTo)
    .all<Pick<AccountRow, "accountNumber">>();
  return results.map(({ accountNumber }) => accountNumber);
}

/** The account that a row says, as this projection would have written it; null where it can't have. */
export function projectedAccount({ projection, feedPosition: _, ...shown }: AccountRow): Account | null {
  const account = viewedAccount(shown);
  return projection === PROJECTION && hasKnownStatus(account) ? account : null;
}

/** The account's row as this projection writes it. */
export function accountRow(account: Account, feedPosition: number): AccountRow {
  return { ...account, defaultAccount: account.defaultAccount ? 1 : 0, projection: PROJECTION, feedPosition };
}

/** An account to write, and where its newest events are in the feed; null: in the chunk that was just appended. */
export type WrittenAccount = Account & { readonly feedPosition: number | null };

/**
 * Each account's row, written once. Who an account belongs to and when it began never change. `sameStatus`: of all of
 * them the view has the status already; then the index of it is left alone, which would be a row more.
 */
export function writeAccounts(
  views: D1Database,
  accounts: readonly WrittenAccount[],
  sameStatus: boolean,
): D1PreparedStatement {
  return views
    .prepare(
      `INSERT INTO accounts (account_number, user_id, status, default_account, created_at, last_modified, version,
         projection, feed_position)
       SELECT value ->> 'accountNumber', value ->> 'userId', value ->> 'status', value ->> 'defaultAccount',
         value ->> 'createdAt', value ->> 'lastModified', value ->> 'version', ?2,
         coalesce(value ->> 'feedPosition', (SELECT max(last_position) FROM feed_chunks), 0)
       FROM json_each(?1) WHERE TRUE
       ON CONFLICT (account_number) DO UPDATE SET ${sameStatus ? "" : "status = excluded.status, "}
         default_account = excluded.default_account, last_modified = excluded.last_modified,
         version = excluded.version, projection = excluded.projection, feed_position = excluded.feed_position`,
    )
    .bind(JSON.stringify(accounts), PROJECTION);
}

/** Only says that newer events of the accounts are in the chunk that was just appended. */
export function moveFeedPositions(views: D1Database, accountNumbers: readonly string[]): D1PreparedStatement {
  return views
    .prepare(
      `UPDATE accounts SET feed_position = (SELECT max(last_position) FROM feed_chunks)
       WHERE account_number IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(accountNumbers));
}

/** Takes accounts out of the view: those that have no log, and those whose owner or beginning it had wrong. */
export function removeAccounts(views: D1Database, accountNumbers: readonly string[]): D1PreparedStatement {
  return views
    .prepare("DELETE FROM accounts WHERE account_number IN (SELECT value FROM json_each(?1))")
    .bind(JSON.stringify(accountNumbers));
}

/** What a writer takes an account's row to be before it writes; null where the view is not to have it. */
export type AsRead =
  | (Pick<AccountRow, "version" | "status" | "feedPosition"> & { readonly defaultAccount: boolean | number })
  | null;

/**
 * Fails with the constraint `views_moved_on`, and rolls back the batch whose first statement it is, unless the view
 * has these accounts as they are taken to be. Looks at what a writer folds onto, and a repair may correct. Writes nothing.
 */
export function assertUnmoved(views: D1Database, asRead: ReadonlyMap<string, AsRead>): D1PreparedStatement {
  const expected = [...asRead].map(([accountNumber, account]) => [
    accountNumber,
    account?.version ?? null,
    account?.status ?? null,
    account?.feedPosition ?? null,
    account === null ? null : Number(account.defaultAccount),
  ]);
  return views
    .prepare(
      `INSERT INTO moved_on
       SELECT value ->> 0 FROM json_each(?1) LEFT JOIN accounts ON account_number = value ->> 0
       WHERE version IS NOT value ->> 1 OR status IS NOT value ->> 2 OR feed_position IS NOT value ->> 3
         OR default_account IS NOT value ->> 4
       LIMIT 1`,
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

function viewedAccount(row: ShownRow): ViewedAccount {
  return { ...row, defaultAccount: row.defaultAccount === 1 };
}

type ShownValues = [string, number, string, number, number, number, number];

/** What `SHOWN_TOGETHER` made. */
export function parseShown(text: string): ViewedAccount[] {
  const accounts: ShownValues[] = JSON.parse(text);
  return accounts.map(([accountNumber, userId, status, defaultAccount, createdAt, lastModified, version]) =>
    viewedAccount({ accountNumber, userId, status, defaultAccount, createdAt, lastModified, version }),
  );
}

export function hasKnownStatus(account: ViewedAccount): account is Account {
  return isKnownStatus(account.status);
}

export function isKnownStatus(status: string): status is AccountStatus {
  return ACCOUNT_STATUSES.some((known) => known === status);
}
