// `GET /v1/map`: what leads to what, how much of it there is, and how late it is.

import type { Context } from "hono";
import * as z from "zod";
import { jsonAnswer } from "../http/answers.ts";
import { type HttpEnv, ProblemError } from "../http/app.ts";
import { link, linkSchema } from "../http/representations.ts";
import { mapOf } from "../reactions/map.ts";
import { readStatusTotals } from "../views/status-totals.ts";
import type { ProcessorEnv } from "./env.ts";
import { functionSchema, readFunctionStatus } from "./function-status.ts";
import { readQuery } from "./pages.ts";
import { lagSchema, readLagsOfLate, readStatus, statusSchema, summaryOf } from "./status.ts";
import { listSubscriptions } from "./subscriptions/subscriptions.ts";

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
        lagMs: lagSchema.describe("Of this type alone: how many there were of late, and how late they were"),
      }),
    ),
    functions: z.array(functionSchema),
    subscriptions: z
      .array(
        z.object({
          id: z.string(),
          url: z.string(),
          types: z.array(z.string()).nullable().describe("Null: every type"),
          state: z.string(),
          lag: z.int().nonnegative().describe("Positions of the feed that it is behind"),
        }),
      )
      .describe("Webhooks that tell of these events"),
    liveStreams: z.int().nonnegative().describe("Who follows the feed live"),
    inbox: statusSchema.shape.inbox.describe("Events of other services that wait, and that are parked"),
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
  const only = readQuery(context, mapFilterSchema);
  const [{ items }, status, lags, totals, subscriptions] = await Promise.all([
    readFunctionStatus(context.env),
    readStatus(context.env),
    readLagsOfLate(context.env.VIEWS),
    readStatusTotals(context.env.VIEWS),
    listSubscriptions(context.env.OPERATIONS),
  ]);
  const { feedPosition, lagMs, parked, liveStreams, inbox } = status;
  const map = mapOf(items, only);
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
      lagMs: summaryOf(lags.filter(({ type }) => type === event.type)),
    })),
    functions: [...map.functions],
    subscriptions: subscriptions
      .filter(({ types }) => types === null || map.events.some(({ type }) => types.includes(type)))
      .map(({ id, url: receiver, types, state, position }) => ({
        id,
        url: receiver,
        types: types === null ? null : [...types],
        state,
        lag: Math.max(feedPosition - position, 0),
      })),
    liveStreams,
    inbox,
    counts: {
      events: feedPosition,
      accounts: Object.values(totals).reduce((sum, count) => sum + count, 0),
      parked,
    },
    lagMs,
    _links: { self: link(url.pathname + url.search), operations: link("/v1/operations") },
  };
  return jsonAnswer(answer);
}
