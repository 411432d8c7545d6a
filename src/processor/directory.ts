// The directory: every account that an event was ever seen of, so that all can be found when the views are gone.

/** A range of the directory: after one account number, up to another; null is no end. */
export interface AccountRange {
  readonly after: string;
  readonly upTo: string | null;
}

/** Adds those that are not in it yet. An account is in the directory before it is in any view. */
export async function registerAccounts(
  operations: D1Database,
  accountNumbers: readonly string[],
): Promise<void> {
  if (accountNumbers.length === 0) return;
  await registering(operations, accountNumbers).run();
}

/** The same, as part of a transaction. */
export function registering(operations: D1Database, accountNumbers: readonly string[]): D1PreparedStatement {
  return operations
    .prepare("INSERT INTO directory SELECT value FROM json_each(?1) WHERE TRUE ON CONFLICT DO NOTHING")
    .bind(JSON.stringify(accountNumbers));
}

/** In order. */
export async function accountsIn(operations: D1Database, { after, upTo }: AccountRange): Promise<string[]> {
  const { results } = await operations
    .prepare(
      `SELECT account_number FROM directory
       WHERE account_number > ?1 AND (?2 IS NULL OR account_number <= ?2) ORDER BY account_number`,
    )
    .bind(after, upTo)
    .all<{ account_number: string }>();
  return results.map((row) => row.account_number);
}
