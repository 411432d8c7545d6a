// Differences: what a walk found that a view says and the log does not. Kept before anything is mended, so that a walk
// that is interrupted there still tells of it.

import * as z from "zod";
import type { AccountRange } from "./directory.ts";

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

/** What D1 takes as one parameter is 2 MB; a character may be three bytes (D1 documentation, "Limits"). */
const MAX_CHARACTERS_PER_WRITE = 500_000;
/** So many are shown at a time. */
const MAX_DIFFERENCES_PER_PAGE = 500;
/** What stands in the place of an account number for a total. */
const NO_ACCOUNT = "";

/**
 * Keeps findings of one account, or of none, as things that are so now. Those that are kept already go on saying what
 * was found first.
 */
export async function keepFindings(
  operations: D1Database,
  walk: string,
  findings: readonly Finding[],
): Promise<void> {
  for (const rows of writesOf(findings)) {
    await operations
      .prepare(
        `INSERT INTO differences (walk_id, account_number, field, view, log)
         SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?2) WHERE TRUE
         ON CONFLICT DO UPDATE SET mended = 0 WHERE mended = 1`,
      )
      .bind(walk, `[${rows.join(",")}]`)
      .run();
  }
}

/** In portions, each not too large to be written at once. */
function writesOf(findings: readonly Finding[]): string[][] {
  const writes: string[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const { accountNumber, field, view, log } of findings) {
    const row = JSON.stringify([
      accountNumber ?? NO_ACCOUNT,
      field,
      JSON.stringify(view ?? null),
      JSON.stringify(log ?? null),
    ]);
    characters += row.length + 1;
    if (characters > MAX_CHARACTERS_PER_WRITE) {
      writes.push([]);
      characters = row.length + 1;
    }
    writes.at(-1)?.push(row);
  }
  return writes;
}

/** All that is kept of the account is mended, as far as nothing of it is found again. */
export async function markMended(
  operations: D1Database,
  walk: string,
  accountNumber: string | null,
): Promise<void> {
  await operations
    .prepare("UPDATE differences SET mended = 1 WHERE walk_id = ?1 AND account_number = ?2 AND mended = 0")
    .bind(walk, accountNumber ?? NO_ACCOUNT)
    .run();
}

/** Those of a range's accounts of which something is kept that is not mended: an earlier attempt was interrupted. */
export async function accountsToSettle(
  operations: D1Database,
  walk: string,
  { after, upTo }: AccountRange,
): Promise<ReadonlySet<string>> {
  const { results } = await operations
    .prepare(
      `SELECT DISTINCT account_number FROM differences
       WHERE walk_id = ?1 AND account_number > ?2 AND (?3 IS NULL OR account_number <= ?3) AND mended = 0`,
    )
    .bind(walk, after, upTo)
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
