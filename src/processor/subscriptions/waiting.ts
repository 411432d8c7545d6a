// The accounts that wait, of each subscription: in front of an event that was not taken, in order of version, apart
// from all other accounts. Their table and its SQL.

export interface WaitingAccount {
  readonly accountNumber: string;
  /** The first event that waits, and the last. */
  readonly version: number;
  readonly upToVersion: number;
  /** Failed attempts on the first. */
  readonly attempts: number;
  /** Epoch milliseconds; null: parked. */
  readonly retryAt: number | null;
  readonly failedAt: number | null;
  readonly reason: string | null;
}

const MAX_LISTED = 500;

const COLUMNS = `account_number AS accountNumber, version, up_to_version AS upToVersion, attempts,
  retry_at AS retryAt, failed_at AS failedAt, reason`;

/** Those whose time has come, the longest waiting first. */
export async function dueAccounts(
  operations: D1Database,
  id: string,
  now: number,
  limit: number,
): Promise<WaitingAccount[]> {
  const { results } = await operations
    .prepare(
      `SELECT ${COLUMNS} FROM subscription_waiting WHERE subscription_id = ?1 AND retry_at <= ?2
       ORDER BY retry_at, account_number LIMIT ?3`,
    )
    .bind(id, now, limit)
    .all<WaitingAccount>();
  return results;
}

/** Which of these accounts wait, parked or not. */
export async function waitingAmong(
  operations: D1Database,
  id: string,
  accountNumbers: readonly string[],
): Promise<ReadonlySet<string>> {
  const { results } = await operations
    .prepare(
      `SELECT account_number FROM subscription_waiting
       WHERE subscription_id = ?1 AND account_number IN (SELECT value FROM json_each(?2))`,
    )
    .bind(id, JSON.stringify(accountNumbers))
    .all<{ account_number: string }>();
  return new Set(results.map((row) => row.account_number));
}

/** Accounts that failed after a time, at most so many. */
export async function failedSince(
  operations: D1Database,
  id: string,
  since: number,
  limit: number,
): Promise<string[]> {
  const { results } = await operations
    .prepare(
      "SELECT account_number FROM subscription_waiting WHERE subscription_id = ?1 AND failed_at > ?2 LIMIT ?3",
    )
    .bind(id, since, limit)
    .all<{ account_number: string }>();
  return results.map((row) => row.account_number);
}

/** When the next one is due; null where none is waiting for its time. */
export async function nextRetryAt(operations: D1Database, id: string): Promise<number | null> {
  return operations
    .prepare(
      "SELECT min(retry_at) AS next FROM subscription_waiting WHERE subscription_id = ?1 AND retry_at IS NOT NULL",
    )
    .bind(id)
    .first<number>("next");
}

export interface WaitingCounts {
  readonly retrying: number;
  readonly parked: number;
}

export async function countWaiting(operations: D1Database): Promise<ReadonlyMap<string, WaitingCounts>> {
  const { results } = await operations
    .prepare(
      `SELECT subscription_id AS id, count(retry_at) AS retrying, count(*) - count(retry_at) AS parked
       FROM subscription_waiting GROUP BY subscription_id`,
    )
    .all<WaitingCounts & { readonly id: string }>();
  return new Map(results.map(({ id, ...counts }) => [id, counts]));
}

export async function isAccountParked(
  operations: D1Database,
  id: string,
  accountNumber: string,
): Promise<boolean> {
  const row = await operations
    .prepare(
      "SELECT 1 FROM subscription_waiting WHERE subscription_id = ?1 AND account_number = ?2 AND retry_at IS NULL",
    )
    .bind(id, accountNumber)
    .first();
  return row !== null;
}

export async function listParkedAccounts(operations: D1Database, id: string): Promise<WaitingAccount[]> {
  const { results } = await operations
    .prepare(
      `SELECT ${COLUMNS} FROM subscription_waiting WHERE subscription_id = ?1 AND retry_at IS NULL
       ORDER BY failed_at DESC, account_number LIMIT ?2`,
    )
    .bind(id, MAX_LISTED)
    .all<WaitingAccount>();
  return results;
}

/**
 * An account that waits from now on. Where it waits already, more of it does: what comes before the first that waited, since
 * a repair added it late, is the first now, and was not tried yet.
 */
export function addWaiting(operations: D1Database, id: string, account: WaitingAccount): D1PreparedStatement {
  return operations
    .prepare(
      `INSERT INTO subscription_waiting
         (subscription_id, account_number, version, up_to_version, attempts, retry_at, failed_at, reason)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
       ON CONFLICT DO UPDATE SET version = min(version, excluded.version),
         up_to_version = max(up_to_version, excluded.up_to_version),
         attempts = iif(excluded.version < version, excluded.attempts, attempts),
         retry_at = iif(excluded.version < version, excluded.retry_at, retry_at)`,
    )
    .bind(
      id,
      account.accountNumber,
      account.version,
      account.upToVersion,
      account.attempts,
      account.retryAt,
      account.failedAt,
      account.reason,
    );
}

/** How far it came, unless it waits by now for something before. `upToVersion` stays: it may have grown meanwhile. */
export function updateWaiting(
  operations: D1Database,
  id: string,
  { version }: WaitingAccount,
  account: Omit<WaitingAccount, "upToVersion">,
): D1PreparedStatement {
  return operations
    .prepare(
      `UPDATE subscription_waiting SET version = ?3, attempts = ?4, retry_at = ?5, failed_at = ?6, reason = ?7
       WHERE subscription_id = ?1 AND account_number = ?2 AND version = ?8`,
    )
    .bind(
      id,
      account.accountNumber,
      account.version,
      account.attempts,
      account.retryAt,
      account.failedAt,
      account.reason,
      version,
    );
}

/** Nothing of it waits any more, unless more was added meanwhile. */
export function removeWaiting(
  operations: D1Database,
  id: string,
  { accountNumber, version, upToVersion }: WaitingAccount,
): D1PreparedStatement {
  return operations
    .prepare(
      `DELETE FROM subscription_waiting
       WHERE subscription_id = ?1 AND account_number = ?2 AND version = ?3 AND up_to_version = ?4`,
    )
    .bind(id, accountNumber, version, upToVersion);
}

/** The receiver answers again: nobody has to wait for what was its trouble alone. */
export function hurryWaiting(operations: D1Database, id: string, now: number): D1PreparedStatement {
  return operations
    .prepare("UPDATE subscription_waiting SET retry_at = ?2 WHERE subscription_id = ?1 AND retry_at > ?2")
    .bind(id, now);
}

/** What is parked, of one account or (null) of all, is due at once, with all its attempts before it. */
export function replayWaiting(
  operations: D1Database,
  id: string,
  accountNumber: string | null,
  now: number,
): D1PreparedStatement {
  return operations
    .prepare(
      `UPDATE subscription_waiting SET retry_at = ?3, attempts = 0, failed_at = NULL
       WHERE subscription_id = ?1 AND (?2 IS NULL OR account_number = ?2) AND retry_at IS NULL`,
    )
    .bind(id, accountNumber, now);
}
