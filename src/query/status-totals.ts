// The status totals: how many accounts are in each status, and in all.

import { jsonAnswer } from "../http/answers.ts";
import { link, type StatusTotals } from "../http/representations.ts";
import { readStatusTotals } from "../views/status-totals.ts";
import type { QueryContext } from "./env.ts";
import { noParameters, readQuery } from "./parameters.ts";
import { FROM_VIEW } from "./served-from.ts";

export async function getStatusTotals(context: QueryContext): Promise<Response> {
  readQuery(context, noParameters);
  const totals = await readStatusTotals(context.env.VIEWS);
  const accounts = Object.values(totals).reduce((sum, total) => sum + total, 0);
  const answer: StatusTotals = { totals, accounts, _links: { self: link("/v1/status-totals") } };
  return jsonAnswer(answer, 200, FROM_VIEW);
}
