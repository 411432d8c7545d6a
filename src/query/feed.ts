// The feed: every account's events in one total order, each beside its position.

import * as z from "zod";
import { eventRepresentation, type FeedItem } from "../http/representations.ts";
import { readFeed } from "../views/feed.ts";
import type { QueryContext } from "./env.ts";
import { pageResponse } from "./page.ts";
import { afterParameter, limitParameter, readQuery } from "./parameters.ts";

const MAX_EVENTS = 500;
const DEFAULT_EVENTS = 100;
/** More than there are types, and few enough for one parameter of a database query. */
const MAX_TYPES = 50;

export const feedQuerySchema = z.strictObject({
  after: afterParameter,
  // A type that this code does not know may be one of a newer writer's.
  types: z
    .string("Give it once")
    .regex(/^[A-Z][A-Z0-9_]*(,[A-Z][A-Z0-9_]*)*$/, "Event types, with commas between them")
    .transform((types) => types.split(","))
    .refine((types) => types.length <= MAX_TYPES, `At most ${MAX_TYPES} types`)
    .meta({ examples: ["ACCOUNT_SUSPENDED,ACCOUNT_CLOSED"] })
    .optional(),
  limit: limitParameter(MAX_EVENTS, DEFAULT_EVENTS),
});

export async function getFeed(context: QueryContext): Promise<Response> {
  const { after, types, limit } = readQuery(context, feedQuerySchema);
  const { events, next } = await readFeed(context.env.VIEWS, after, types ?? null, limit);
  const items = events.map(({ position, event }): FeedItem => ({ position, ...eventRepresentation(event) }));
  context.header("Served-From", "view");
  return pageResponse(context, items, next === null ? null : ["after", next]);
}
