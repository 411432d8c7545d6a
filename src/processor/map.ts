// `GET /v1/map`: what leads to what, how much of it there is, and how late it is.

import type { Context } from "hono";
import * as z from "zod";
import { type HttpEnv, ProblemError } from "../http/app.ts";
import { invalidParameters } from "../http/invalid-parts.ts";
import { invalidRequest } from "../http/problems.ts";
import { link } from "../http/representations.ts";
import { mapOf } from "../reactions/map.ts";
import { readStatusTotals } from "../views/status-totals.ts";
import type { ProcessorEnv } from "./env.ts";
import { readFunctionStatus } from "./function-status.ts";
import { readStatus } from "./status.ts";

const filterSchema = z.strictObject({ event: z.string().optional(), function: z.string().optional() });

export async function getMap(context: Context<HttpEnv<ProcessorEnv>>): Promise<Response> {
  const only = filterSchema.safeParse(context.req.query());
  if (!only.success) throw new ProblemError(invalidRequest(invalidParameters(only.error)));
  const [{ items }, { feedPosition, lagMs, parked }, totals] = await Promise.all([
    readFunctionStatus(context.env),
    readStatus(context.env),
    readStatusTotals(context.env.VIEWS),
  ]);
  const map = mapOf(items, only.data);
  if (map.events.length === 0) {
    throw new ProblemError({ code: "not-found", detail: "There is no such event or function" });
  }
  const url = new URL(context.req.url);
  return context.json({
    ...map,
    counts: {
      events: feedPosition,
      accounts: Object.values(totals).reduce((sum, count) => sum + count, 0),
      parked,
    },
    lagMs,
    _links: { self: link(url.pathname + url.search), operations: link("/v1/operations") },
  });
}
