// The status totals: how many accounts are in each status, and in all.

import * as z from "zod";
import type { AccountStatus } from "../account/account.ts";
import { link, linkSchema } from "../http/representations.ts";
import { readStatusTotals } from "../views/status-totals.ts";
import type { QueryContext } from "./env.ts";
import { noParameters, readQuery } from "./parameters.ts";

const count = z.int().nonnegative();

export const statusTotalsSchema = z
  .object({
    totals: z
      .object({
        ACCOUNT_PENDING: count,
        ACCOUNT_CONFIRMED: count,
        ACCOUNT_ACTIVE: count,
        ACCOUNT_SUSPENDED: count,
        ACCOUNT_ARCHIVED: count,
        ACCOUNT_CLOSED: count,
      } satisfies Record<AccountStatus, z.ZodType>)
      .describe("Every status, zeros too"),
    accounts: count.describe("Their sum"),
    _links: z.object({ self: linkSchema }),
  })
  .meta({ id: "StatusTotals" });

type StatusTotalsAnswer = z.infer<typeof statusTotalsSchema>;

export async function getStatusTotals(context: QueryContext): Promise<Response> {
  readQuery(context, noParameters);
  const totals = await readStatusTotals(context.env.VIEWS);
  const accounts = Object.values(totals).reduce((sum, total) => sum + total, 0);
  context.header("Served-From", "view");
  const answer: StatusTotalsAnswer = { totals, accounts, _links: { self: link("/v1/status-totals") } };
  return context.json(answer);
}
