// The list of accounts, newest first, under filters, page by page.

import type { AccountStatus } from "../account/account.ts";
import { parseShown, SHOWN_TOGETHER, type ViewedAccount } from "./accounts-view.ts";

/**
 * Of what no index leads to (active accounts, default ones of all users) a page looks at so many accounts at most, however
 * rare it is. An index entry is a row billed whenever a command changes what it is made of.
 */
const MAX_ACCOUNTS_PER_PAGE = 5_000;

const ORDER = "ORDER BY created_at DESC, account_number DESC";

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

export interface AccountPage {
  readonly accounts: readonly ViewedAccount[];
  /** After which place the next page begins; null where this one reached the end. */
  readonly next: ListPosition | null;
}

/**
 * The accounts that match, after a place in the order, at most `limit`. A page may have fewer, or none, and a next one all
 * the same; a user's accounts are looked at whole.
 */
export async function listAccounts(
  views: D1Database,
  { userId, status, defaultAccount }: AccountFilter,
  after: ListPosition | null,
  limit: number,
): Promise<AccountPage> {
  const conditions: string[] = [];
  const bindings: (string | number)[] = [];
  const bind = (value: string | number): string => `?${bindings.push(value)}`;
  const isIndexed = userId === undefined && status !== undefined && status !== "ACCOUNT_ACTIVE";
  if (userId !== undefined) conditions.push(`user_id = ${bind(userId)}`);
  // Spelt out, because a partial index is used only where its own condition is met word for word.
  if (isIndexed) conditions.push(`status = ${bind(status)} AND status <> 'ACCOUNT_ACTIVE'`);
  if (after !== null) conditions.push(`${PLACE} < (${bind(after.createdAt)}, ${bind(after.accountNumber)})`);

  const isSought = defaultAccount !== undefined || (status !== undefined && !isIndexed);
  const end =
    isSought && userId === undefined
      ? await placeAt(views, conditions, bindings, MAX_ACCOUNTS_PER_PAGE)
      : null;
  if (end !== null) conditions.push(`${PLACE} >= (${bind(end.createdAt)}, ${bind(end.accountNumber)})`);
  // A plus keeps a condition from choosing the index, where another one is far narrower.
  if (status !== undefined && !isIndexed) conditions.push(`+status = ${bind(status)}`);
  if (defaultAccount !== undefined) conditions.push(`default_account = ${bind(defaultAccount ? 1 : 0)}`);
  // They are gathered in the order in which they are found.
  const found = await views
    .prepare(
      `SELECT ${SHOWN_TOGETHER} AS accounts
       FROM (SELECT * FROM accounts ${where(conditions)} ${ORDER} LIMIT ${bind(limit + 1)})`,
    )
    .bind(...bindings)
    .first<string>("accounts");
  // One more than is shown tells that there is more.
  const matching = parseShown(found ?? "[]");
  const accounts = matching.slice(0, limit);
  return { accounts, next: matching.length > limit ? (accounts.at(-1) ?? null) : end };
}

const PLACE = "(created_at, account_number)";

const where = (conditions: readonly string[]): string =>
  conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;

/** The place of the so many-th account; null where there are fewer. Reads the index alone. */
async function placeAt(
  views: D1Database,
  conditions: readonly string[],
  bindings: readonly (string | number)[],
  number: number,
): Promise<ListPosition | null> {
  return views
    .prepare(
      `SELECT created_at AS createdAt, account_number AS accountNumber FROM accounts
       ${where(conditions)} ${ORDER} LIMIT 1 OFFSET ${number - 1}`,
    )
    .bind(...bindings)
    .first<ListPosition>();
}
