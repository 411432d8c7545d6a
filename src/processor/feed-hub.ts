// The feed's hub: one object that reads what the feed gained, once, and sends it to every stream that follows.

import { DurableObject } from "cloudflare:workers";
import * as z from "zod";
import { logFailure } from "../http/log-line.ts";
import { type OwnedFeedEvent, readFeed, readFeedEventId, readFeedHead } from "../views/feed.ts";
import { accountPart, type FeedHub as Port, WHOLE_FEED } from "../views/feed-hub.ts";
import { markFollowed, unmarkFollowed } from "../views/followed.ts";

/** At about 3 KB for the largest event, a message stays far below what a WebSocket takes (32 MiB). */
const MAX_EVENTS_PER_MESSAGE = 100;
/**
 * While anybody follows, the hub looks at the feed by itself so often: one query for all of them, and the longest that
 * a growth stays unseen of which nobody could tell it.
 */
const LOOK_EVERY_MS = 30_000;
/** To followers whose positions mean nothing any more (RFC 6455, 7.4.1: "service restart" by IANA's registry). */
const BEGIN_ANEW = 1012;

/** A place in the feed, and the event that is there, null at 0. Where another one is, positions were given anew. */
const placeSchema = z.object({ position: z.int().nonnegative(), eventId: z.string().nullable() });
type Place = z.infer<typeof placeSchema>;

interface FeedHubEnv {
  readonly VIEWS: D1Database;
}

/**
 * Each follower's WebSocket carries how far it was sent the feed, which is what remains of this object's memory when it
 * hibernates. Between two growths the object costs nothing, however many follow.
 */
export class FeedHub extends DurableObject<FeedHubEnv> implements Port {
  /** What was sent last; null where it has to be found out. A lower one is harmless: followers know what they have. */
  #place: Place | null = null;
  #reading: Promise<void> | null = null;
  #isBehind = false;
  /** Whether the feed is surely marked as followed. */
  #isMarked = false;

  async grown(): Promise<void> {
    if (this.#followers().length > 0) this.ctx.waitUntil(this.#readOnOrReport());
  }

  async followers(): Promise<number> {
    return this.#followers().length;
  }

  override async fetch(request: Request): Promise<Response> {
    if (this.#followers().length === 0) this.#place = null;
    const { 0: client, 1: server } = new WebSocketPair();
    // Before anything is awaited: from now on, no growth passes this follower by.
    this.ctx.acceptWebSocket(server, [new URL(request.url).pathname]);
    try {
      // First of all: it takes the mark away again where nobody follows.
      if ((await this.ctx.storage.getAlarm()) === null) await this.#look();
      // Before the place is looked up: who adds to the feed tells this object only where that is marked.
      if (!this.#isMarked) await this.#mark();
      server.serializeAttachment(await this.#knownPlace());
    } catch (error) {
      // Both ends: one that only the other closed is kept until the garbage of this object is collected.
      client.accept();
      client.close();
      server.close();
      throw error;
    }
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Never throws: the platform gives up an alarm that goes on throwing. */
  override async alarm(): Promise<void> {
    if (this.#followers().length === 0 && (await this.#unmark())) return;
    // Again, for the views may have been made anew.
    await this.#mark().catch((error) => logFailure("feed hub", {}, error));
    await this.#readOnOrReport();
    await this.#look();
  }

  async #mark(): Promise<void> {
    await markFollowed(this.env.VIEWS, "hub");
    this.#isMarked = true;
  }

  /** Nobody follows: answers whether it stayed so. Where that fails, or somebody came meanwhile, it is not over. */
  async #unmark(): Promise<boolean> {
    this.#isMarked = false;
    try {
      await unmarkFollowed(this.env.VIEWS, "hub");
      return this.#followers().length === 0;
    } catch (error) {
      logFailure("feed hub", {}, error);
      return false;
    }
  }

  #look(): Promise<void> {
    return this.ctx.storage.setAlarm(Date.now() + LOOK_EVERY_MS);
  }

  #followers(followed?: string): WebSocket[] {
    return this.ctx.getWebSockets(followed);
  }

  async #readOnOrReport(): Promise<void> {
    await this.#readOn().catch((error) => logFailure("feed hub", {}, error));
  }

  /** One reading at a time; who asks meanwhile is served by one more round of it. */
  #readOn(): Promise<void> {
    this.#isBehind = true;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    while (this.#isBehind && this.#followers().length > 0) {
      this.#isBehind = false;
      const { position, eventId } = await this.#knownPlace();
      // From the event on that was sent last.
      const from = Math.max(position - 1, 0);
      const { events: found, next } = await readFeed(this.env.VIEWS, from, {}, MAX_EVENTS_PER_MESSAGE);
      const events = found.filter((event) => event.position > position);
      if ((found.find((event) => event.position === position)?.event.id ?? null) !== eventId)
        return this.#beginAnew();
      if (events.length > 0) this.#send(events);
      if (next !== null) this.#isBehind = true;
    }
  }

  async #knownPlace(): Promise<Place> {
    if (this.#place !== null) return this.#place;
    const [sent] = this.#followers()
      .flatMap((socket) => placeSchema.safeParse(socket.deserializeAttachment()).data ?? [])
      .toSorted((one, other) => one.position - other.position);
    const place = sent ?? (await this.#placeOfHead());
    this.#place ??= place;
    return this.#place;
  }

  async #placeOfHead(): Promise<Place> {
    const position = await readFeedHead(this.env.VIEWS);
    return { position, eventId: position === 0 ? null : await readFeedEventId(this.env.VIEWS, position) };
  }

  #send(events: readonly OwnedFeedEvent[]): void {
    sendTo(this.#followers(WHOLE_FEED), events);
    for (const [accountNumber, own] of Map.groupBy(events, ({ event }) => event.accountNumber)) {
      sendTo(this.#followers(accountPart(accountNumber)), own);
    }
    const last = events.at(-1);
    if (last === undefined) return;
    this.#place = { position: last.position, eventId: last.event.id };
    for (const socket of this.#followers()) socket.serializeAttachment(this.#place);
  }

  /** The views were deleted and made anew, so positions were given anew too. */
  #beginAnew(): void {
    this.#place = null;
    for (const socket of this.#followers()) socket.close(BEGIN_ANEW, "The feed begins anew");
  }
}

function sendTo(sockets: readonly WebSocket[], events: readonly OwnedFeedEvent[]): void {
  if (sockets.length === 0) return;
  const message = JSON.stringify(events);
  for (const socket of sockets) {
    try {
      socket.send(message);
    } catch {
      // It is closing.
    }
  }
}
