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

/**
 * So many go into one statement. A difference of an event says it twice, at about 3 KB for the largest, and D1 takes 2 MB in
 * one parameter (D1 documentation, "Limits").
 */
const MAX_FINDINGS_PER_STATEMENT = 250;
/** So many are shown at a time. */
const MAX_DIFFERENCES_PER_PAGE = 500;
/** What stands in the place of an account number for a total. */
const NO_ACCOUNT = "";

/** Keeps findings of one account, or of none; those that are kept already stay as they are. */
export async function keepFindings(
  operations: D1Database,
  walk: string,
  findings: readonly Finding[],
): Promise<void> {
  if (findings.length > 0) await operations.batch(keeping(operations, walk, findings));
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
  await operations.batch([...keeping(operations, walk, left), settling]);
}

function keeping(operations: D1Database, walk: string, findings: readonly Finding[]): D1PreparedStatement[] {
  const statement = operations.prepare(
    `INSERT INTO differences (walk_id, account_number, field, view, log)
     SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?2) WHERE TRUE
     ON CONFLICT DO NOTHING`,
  );
  const statements: D1PreparedStatement[] = [];
  for (let start = 0; start < findings.length; start += MAX_FINDINGS_PER_STATEMENT) {
    const rows = findings
      .slice(start, start + MAX_FINDINGS_PER_STATEMENT)
      .map(({ accountNumber, field, view, log }) => [
        accountNumber ?? NO_ACCOUNT,
        field,
        JSON.stringify(view ?? null),
        JSON.stringify(log ?? null),
      ]);
    statements.push(statement.bind(walk, JSON.stringify(rows)));
  }
  return statements;
}

/** Those of a range's accounts of which something is kept that is not mended: an earlier attempt was interrupted. */
export async function accountsToSettle(operations: D1Database, walk: string): Promise<ReadonlySet<string>> {
  const { results } = await operations
    .prepare("SELECT DISTINCT account_number FROM differences WHERE walk_id = ?1 AND mended = 0")
    .bind(walk)
    .all<{ account_number: string }>();
  return new Set(results.map((row) => row.account_number));
}

/** A place in the order of a walk's differences. */
export const differencePositionSchema = z.tuple([z.string(), z.string()]);

type DifferencePosition = Readonly<z.infer<typeof differencePositionSchema>>;

export interface DifferencesPage {
  readonly differences: readonly Difference[];
  /** Where the next page begins; null where this one has the last. */
  readonly next: DifferencePosition | null;
}

/** A walk's differences after a place, in order of account. */
export async function readDifferences(
  operations: D1Database,
  walk: string,
  after: DifferencePosition = [NO_ACCOUNT, ""],
): Promise<DifferencesPage> {
  const { results } = await operations
    .prepare(
      `SELECT account_number AS accountNumber, field, view, log, mended FROM differences
       WHERE walk_id = ?1 AND (account_number, field) > (?2, ?3) ORDER BY account_number, field LIMIT ?4`,
    )
    .bind(walk, ...after, MAX_DIFFERENCES_PER_PAGE + 1)
    .all<{ accountNumber: string; field: string; view: string; log: string; mended: number }>();
  const shown = results.slice(0, MAX_DIFFERENCES_PER_PAGE);
  const last = shown.at(-1);
  return {
    differences: shown.map(({ accountNumber, field, view, log, mended }) => ({
      accountNumber: accountNumber === NO_ACCOUNT ? null : accountNumber,
      field,
      view: JSON.parse(view),
      log: JSON.parse(log),
      mended: mended === 1,
    })),
    next: results.length > shown.length && last !== undefined ? [last.accountNumber, last.field] : null,
  };
}
