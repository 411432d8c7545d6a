// The port to the feed's hub: it sends what the feed gained to every stream that follows it, having read it once for all.

import * as z from "zod";
import { recordedAccountEventSchema } from "../account/events.ts";

export interface FeedHub {
  /** Tells it that the feed may have grown. */
  grown(): Promise<void>;
  /** How many streams follow. */
  followers(): Promise<number>;
  /** Answers a request of `followRequest` with a WebSocket, over which messages of `growthSchema` come. */
  fetch(request: Request): Promise<Response>;
}

/** A Durable Object namespace is one. */
export interface FeedHubs {
  getByName(name: string): FeedHub;
}

/** There is one hub. */
export const FEED_HUB = "feed";

/** What can be followed, as a path: the whole feed, or one account's part of it. */
export const WHOLE_FEED = "/";
export const accountPart = (accountNumber: string): string => `/${accountNumber}`;

/** Everything that the feed gains after the answer comes over that WebSocket; what was there before is to be read. */
export function followRequest(followed: string): Request {
  return new Request(new URL(followed, "https://feed-hub"), { headers: { Upgrade: "websocket" } });
}

/** A message: events in the order of the feed. */
export const growthSchema = z.array(
  z.object({
    position: z.int().positive(),
    userId: z.int().nullable(),
    event: recordedAccountEventSchema,
  }),
);
