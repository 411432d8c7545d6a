// The feed: every account's events in one total order, each beside its position; as pages, or followed live.

import * as z from "zod";
import { accountNumberSchema } from "../account/commands.ts";
import { eventRepresentation, type FeedItem } from "../http/representations.ts";
import { ownerOf } from "../http/scopes.ts";
import { type FeedEvent, readFeed, readFeedHead } from "../views/feed.ts";
import { type FeedFilter, matches } from "../views/feed-filter.ts";
import { WHOLE_FEED } from "../views/feed-hub.ts";
import type { QueryContext } from "./env.ts";
import { eventStream, wantsEventStream } from "./event-stream.ts";
import { pageResponse } from "./page.ts";
import { afterParameter, limitParameter, placeParameter, readQuery, userIdParameter } from "./parameters.ts";
import { FROM_VIEW } from "./served-from.ts";

const MAX_EVENTS = 500;
const DEFAULT_EVENTS = 100;
/** Users' ids are positive. */
const NOBODY = 0;
/** More than there are types, and few enough for one parameter of a database query. */
const MAX_TYPES = 50;

const filterSchema = z.strictObject({
  // A type that this code does not know may be one of a newer writer's.
  types: z
    .string("Give it once")
    .regex(/^[A-Z][A-Z0-9_]*(,[A-Z][A-Z0-9_]*)*$/, "Event types, with commas between them")
    .transform((types) => types.split(","))
    .refine((types) => types.length <= MAX_TYPES, `At most ${MAX_TYPES} types`)
    .meta({ examples: ["ACCOUNT_SUSPENDED,ACCOUNT_CLOSED"] })
    .optional(),
  accountNumber: accountNumberSchema.optional(),
  userId: userIdParameter.optional(),
});

export const feedQuerySchema = filterSchema.extend({
  after: afterParameter,
  limit: limitParameter(MAX_EVENTS, DEFAULT_EVENTS),
});

const streamSchema = filterSchema.extend({ after: placeParameter.optional() });

export async function getFeed(context: QueryContext): Promise<Response> {
  return wantsEventStream(context) ? followFeed(context) : feedPage(context);
}

async function feedPage(context: QueryContext): Promise<Response> {
  const { after, limit, ...asked } = readQuery(context, feedQuerySchema);
  const filter = ownPart(context, asked);
  const { events, next } = await readFeed(context.env.VIEWS, after, filter, limit);
  return pageResponse(context, events.map(feedItem), next === null ? null : ["after", next], FROM_VIEW);
}

async function followFeed(context: QueryContext): Promise<Response> {
  const { after, ...asked } = readQuery(context, streamSchema);
  const filter = ownPart(context, asked);
  const { VIEWS: views } = context.env;
  return eventStream(
    context,
    {
      followed: WHOLE_FEED,
      end: () => readFeedHead(views),
      read: async (place) => {
        const { events, next, end } = await readFeed(views, place, filter, DEFAULT_EVENTS);
        const items = events.map((found) => ({ place: found.position, shown: feedItem(found) }));
        return { items, upTo: next ?? end, more: next !== null };
      },
      itemOf: (arrived) => ({
        place: arrived.position,
        shown: matches(filter, arrived) ? feedItem(arrived) : null,
      }),
    },
    after,
    FROM_VIEW,
  );
}

/** A user sees its own accounts' events, and none where it asks for another's. */
function ownPart(context: QueryContext, asked: FeedFilter): FeedFilter {
  const owner = ownerOf(context);
  if (owner === null) return asked;
  return { ...asked, userId: asked.userId === undefined || asked.userId === owner ? owner : NOBODY };
}

function feedItem({ position, event }: FeedEvent): FeedItem {
  return { position, ...eventRepresentation(event) };
}
