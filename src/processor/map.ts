// `GET /v1/map`: what leads to what, how much of it there is, and how late it is.

import type { Context } from "hono";
import * as z from "zod";
import { type HttpEnv, ProblemError } from "../http/app.ts";
import { invalidParameters } from "../http/invalid-parts.ts";
import { invalidRequest } from "../http/problems.ts";
import { link, linkSchema } from "../http/representations.ts";
import { mapOf } from "../reactions/map.ts";
import { readStatusTotals } from "../views/status-totals.ts";
import type { ProcessorEnv } from "./env.ts";
import { functionSchema, readFunctionStatus } from "./function-status.ts";
import { lagSchema, readStatus } from "./status.ts";

export const MAP_HREF = "/v1/map";

export const mapFilterSchema = z.strictObject({
  event: z.string().optional().describe("Only what has to do with this event type"),
  function: z.string().optional().describe("Only what has to do with this function"),
});

export const mapSchema = z
  .object({
    events: z.array(
      z.object({
        type: z.string(),
        commands: z.array(z.string()).describe("Which come to it; none where it is another service's"),
        views: z.array(z.string()).describe("Which it changes"),
        functions: z.array(z.string()).describe("Which react to it"),
      }),
    ),
    functions: z.array(functionSchema),
    counts: z.object({
      events: z.int().nonnegative(),
      accounts: z.int().nonnegative(),
      parked: z.int().nonnegative(),
    }),
    lagMs: lagSchema,
    _links: z.object({ self: linkSchema, operations: linkSchema }),
  })
  .meta({ id: "SystemMap" });

export async function getMap(context: Context<HttpEnv<ProcessorEnv>>): Promise<Response> {
  const only = mapFilterSchema.safeParse(context.req.query());
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
  const answer: z.infer<typeof mapSchema> = {
    events: map.events.map((event) => ({
      type: event.type,
      commands: [...event.commands],
      views: [...event.views],
      functions: [...event.functions],
    })),
    functions: [...map.functions],
    counts: {
      events: feedPosition,
      accounts: Object.values(totals).reduce((sum, count) => sum + count, 0),
      parked,
    },
    lagMs,
    _links: { self: link(url.pathname + url.search), operations: link("/v1/operations") },
  };
  return context.json(answer);
}
