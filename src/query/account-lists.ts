// Pages of accounts, newest first: all of them under filters, or those of one user.

import * as z from "zod";
import { ACCOUNT_STATUSES } from "../account/account.ts";
import { accountNumberSchema } from "../account/commands.ts";
import { cursorAt, cursorParameter } from "../http/cursor.ts";
import { ownerOf } from "../http/scopes.ts";
import { type AccountFilter, type ListPosition, listAccounts } from "../views/account-list.ts";
import type { QueryContext } from "./env.ts";
import { pageResponse } from "./page.ts";
import { flagParameter, limitParameter, readPath, readQuery, userIdParameter } from "./parameters.ts";
import { FROM_VIEW } from "./served-from.ts";
import { viewedRepresentation } from "./viewed-account.ts";

const MAX_ACCOUNTS = 200;
const DEFAULT_ACCOUNTS = 50;

const positionSchema = z
  .tuple([z.int().nonnegative(), accountNumberSchema])
  .transform(([createdAt, accountNumber]): ListPosition => ({ createdAt, accountNumber }));

export const userAccountsQuerySchema = z.strictObject({
  limit: limitParameter(MAX_ACCOUNTS, DEFAULT_ACCOUNTS),
  cursor: cursorParameter(positionSchema).optional(),
});

export const accountsQuerySchema = userAccountsQuerySchema.extend({
  userId: userIdParameter.optional(),
  status: z.enum(ACCOUNT_STATUSES).optional(),
  defaultAccount: flagParameter.optional(),
});

export const userPathSchema = z.object({ userId: userIdParameter });

export async function listAllAccounts(context: QueryContext): Promise<Response> {
  const { limit, cursor, ...filter } = readQuery(context, accountsQuerySchema);
  return accountsPage(context, filter, cursor, limit);
}

export async function listUserAccounts(context: QueryContext): Promise<Response> {
  const user = readPath(context, userPathSchema);
  const { limit, cursor } = readQuery(context, userAccountsQuerySchema);
  return accountsPage(context, user, cursor, limit);
}

async function accountsPage(
  context: QueryContext,
  filter: AccountFilter,
  after: ListPosition | undefined,
  limit: number,
): Promise<Response> {
  const owner = ownerOf(context);
  // Another user is to its caller one without accounts.
  if (owner !== null && (filter.userId ?? owner) !== owner) return pageResponse(context, [], null, FROM_VIEW);
  const visible = owner === null ? filter : { ...filter, userId: owner };
  const { accounts, next } = await listAccounts(context.env.VIEWS, visible, after ?? null, limit);
  return pageResponse(
    context,
    accounts.map(viewedRepresentation),
    next === null ? null : ["cursor", cursorAt([next.createdAt, next.accountNumber])],
    FROM_VIEW,
  );
}
