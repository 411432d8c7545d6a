// Differences: what a walk found that a view says and the log does not. Kept before anything is mended, so that a walk
// that is interrupted there still tells of it.

import * as z from "zod";

/** One thing that a view says and the log does not. */
export const differenceSchema = z
  .object({
    accountNumber: z.string().nullable().describe("Null where it is of all accounts: a total"),
    field: z.string(),
    view: z.unknown().describe("What the view says"),
    log: z.unknown().describe("What the log says"),
    mended: z.boolean(),
  })
  .meta({ id: "Difference" });

export type Difference = Readonly<z.infer<typeof differenceSchema>>;

/** A difference before anything was done about it. */
export type Finding = Omit<Difference, "mended">;

/** So many are kept of an account: one that is wrong throughout is soon known to be. */
const MAX_DIFFERENCES_PER_ACCOUNT = 50;
/** So many are shown of a walk. */
const MAX_DIFFERENCES = 1_000;
/** What stands in the place of an account number for a total. */
const NO_ACCOUNT = "";

/** Keeps findings of one account, or of none; those that are kept already stay as they are. */
export async function keepFindings(
  operations: D1Database,
  walk: string,
  findings: readonly Finding[],
): Promise<void> {
  await keeping(operations, walk, findings).run();
}

/** After mending: `left` is what is still so; all else that was kept of the account is mended. */
export async function settleFindings(
  operations: D1Database,
  walk: string,
  accountNumber: string | null,
  left: readonly Finding[],
): Promise<void> {
  const settling = operations
    .prepare(
      `UPDATE differences SET mended = 1
       WHERE walk_id = ?1 AND account_number = ?2 AND field NOT IN (SELECT value FROM json_each(?3))`,
    )
    .bind(walk, accountNumber ?? NO_ACCOUNT, JSON.stringify(left.map(({ field }) => field)));
  await operations.batch([keeping(operations, walk, left), settling]);
}

function keeping(operations: D1Database, walk: string, findings: readonly Finding[]): D1PreparedStatement {
  const rows = findings
    .slice(0, MAX_DIFFERENCES_PER_ACCOUNT)
    .map(({ accountNumber, field, view, log }) => [
      accountNumber ?? NO_ACCOUNT,
      field,
      JSON.stringify(view ?? null),
      JSON.stringify(log ?? null),
    ]);
  return operations
    .prepare(
      `INSERT INTO differences (walk_id, account_number, field, view, log)
       SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?2) WHERE TRUE
       ON CONFLICT DO NOTHING`,
    )
    .bind(walk, JSON.stringify(rows));
}

/** Those of a range's accounts of which something is kept that is not mended: an earlier attempt was interrupted. */
export async function accountsToSettle(operations: D1Database, walk: string): Promise<ReadonlySet<string>> {
  const { results } = await operations
    .prepare("SELECT DISTINCT account_number FROM differences WHERE walk_id = ?1 AND mended = 0")
    .bind(walk)
    .all<{ account_number: string }>();
  return new Set(results.map((row) => row.account_number));
}

/** The first of a walk's differences, in order of account. */
export async function readDifferences(operations: D1Database, walk: string): Promise<Difference[]> {
  const { results } = await operations
    .prepare(
      `SELECT account_number AS accountNumber, field, view, log, mended FROM differences
       WHERE walk_id = ?1 ORDER BY account_number, field LIMIT ?2`,
    )
    .bind(walk, MAX_DIFFERENCES)
    .all<{ accountNumber: string; field: string; view: string; log: string; mended: number }>();
  return results.map(({ accountNumber, field, view, log, mended }) => ({
    accountNumber: accountNumber === NO_ACCOUNT ? null : accountNumber,
    field,
    view: JSON.parse(view),
    log: JSON.parse(log),
    mended: mended === 1,
  }));
}
