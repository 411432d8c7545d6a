// Server-sent events: a sequence from a place on, first what is there, then what comes, without gap or repeat.
// https://html.spec.whatwg.org/multipage/server-sent-events.html

import { accepts } from "hono/accepts";
import { ProblemError } from "../http/app.ts";
import { logLine } from "../http/log-line.ts";
import { type InvalidPart, invalidRequest } from "../http/problems.ts";
import type { OwnedFeedEvent } from "../views/feed.ts";
import { Arrivals } from "./arrivals.ts";
import type { QueryContext } from "./env.ts";
import { placeParameter } from "./parameters.ts";
import type { ServedFrom } from "./served-from.ts";

const EVENT_STREAM = "text/event-stream";
/** Proxies close connections that are silent for a minute or so. */
const HEARTBEAT_MS = 15_000;
/** A reader that does not take what is ready for it within this time is dropped. It may come again. */
const STALLED_AFTER_MS = 15_000;
/** How long a client is to wait before it connects again. */
const RETRY_MS = 1_000;

/** At its place in a sequence. */
interface Item {
  readonly place: number;
  /** What a client sees; null where it is filtered out. */
  readonly shown: object | null;
}

/** Events at places 1, 2, 3 … without gaps: the feed by position, an account's log by version. */
export interface Sequence {
  /** As the feed's hub knows it. */
  readonly followed: string;
  /** The place of the newest event, 0 where there is none. */
  end(): Promise<number>;
  /** A page of what comes after a place: as far as `upTo`, behind which there may be `more`. */
  read(
    after: number,
  ): Promise<{ readonly items: readonly Item[]; readonly upTo: number; readonly more: boolean }>;
  /** The same, from what the hub sent. */
  itemOf(arrived: OwnedFeedEvent): Item;
}

/** Whoever names no event stream in `Accept` gets a page. So does HEAD: an endless body has no use there. */
export function wantsEventStream(context: QueryContext): boolean {
  const supports = ["application/json", EVENT_STREAM];
  const type = accepts(context, { header: "Accept", supports, default: "application/json" });
  return context.req.method === "GET" && type === EVENT_STREAM;
}

/** `after`: the place to go on from, unless `Last-Event-ID` names one; without either, the next event is the first. */
export async function eventStream(
  context: QueryContext,
  sequence: Sequence,
  after: number | undefined,
  servedFrom: ServedFrom,
): Promise<Response> {
  const resumed = lastEventId(context);
  // Followed before it is read, so that nothing falls between.
  const arrivals = await Arrivals.from(context.env.FEED_HUB, sequence.followed);
  try {
    const end = await sequence.end();
    const start = resumed ?? after ?? end;
    if (start > end) throw beyondTheEnd(resumed === undefined ? "parameter" : "header", end);
    // Meanwhile more may have come than waits for a reader.
    arrivals.isBehind ||= start < end;
    const expiresAt = context.get("caller").expiresAt ?? Number.POSITIVE_INFINITY;
    const body = bodyOf(blocks(sequence, arrivals, start, expiresAt), arrivals, (reason) =>
      logLine("stream dropped", { traceId: context.get("traceId"), path: context.req.path, reason }),
    );
    return new Response(body, {
      headers: { "Content-Type": EVENT_STREAM, "Cache-Control": "no-store", ...servedFrom },
    });
  } catch (error) {
    arrivals.close();
    throw error;
  }
}

function lastEventId(context: QueryContext): number | undefined {
  const id = placeParameter.optional().safeParse(context.req.header("Last-Event-ID"));
  if (id.success) return id.data;
  const detail = id.error.issues[0]?.message ?? "Malformed";
  throw new ProblemError(invalidRequest([{ header: "Last-Event-ID", detail }]));
}

/** After the views were made anew, an old position means nothing: whoever has one learns it, instead of missing events. */
function beyondTheEnd(where: "parameter" | "header", end: number): ProblemError {
  const detail = `Nothing is after it: the newest is ${end}`;
  const part: InvalidPart =
    where === "header" ? { header: "Last-Event-ID", detail } : { parameter: "after", detail };
  return new ProblemError(invalidRequest([part]));
}

/**
 * Each a text of whole blocks. A block without `data` is no event to a client, but the id in it is remembered: so who is
 * cut off before any event, or after many that were filtered out, goes on from the right place all the same. They end with
 * the caller's token: whoever has another one goes on with it.
 */
async function* blocks(
  sequence: Sequence,
  arrivals: Arrivals,
  start: number,
  expiresAt: number,
): AsyncGenerator<string> {
  let place = start;
  yield `retry: ${RETRY_MS}\n${placeBlock(place)}`;
  let heartbeatAt = Date.now() + HEARTBEAT_MS;
  while (!arrivals.isOver && Date.now() < expiresAt) {
    if (arrivals.isBehind) {
      // Before the reading: what is lost during it is missed by it too.
      arrivals.isBehind = false;
      const { items, upTo, more } = await sequence.read(place);
      if (more) arrivals.isBehind = true;
      place = Math.max(place, upTo);
      yield items.map(eventBlock).join("") + placeBlock(place);
      heartbeatAt = Date.now() + HEARTBEAT_MS;
      continue;
    }
    const arrived = await arrivals.next(Math.min(heartbeatAt, expiresAt) - Date.now());
    if (arrived === "over") return;
    let text = "";
    for (const item of arrived === "idle" ? [] : arrived.map((event) => sequence.itemOf(event))) {
      if (item.place <= place) continue;
      if (item.place > place + 1) {
        arrivals.isBehind = true;
        break;
      }
      place = item.place;
      text += eventBlock(item);
    }
    // Much may come, and all of it be filtered out.
    if (text === "" && arrived !== "idle" && Date.now() < heartbeatAt) continue;
    yield text || placeBlock(place);
    heartbeatAt = Date.now() + HEARTBEAT_MS;
  }
}

/** Without a name, so that `onmessage` gets every event, also of a type that a client does not know yet. */
function eventBlock({ place, shown }: Item): string {
  return shown === null ? "" : `id: ${place}\ndata: ${JSON.stringify(shown)}\n\n`;
}

/** A comment, which keeps the connection alive, and the place. */
const placeBlock = (place: number): string => `:\nid: ${place}\n\n`;

/** One text at a time, when the reader asks for it: what a reader does not take is not made. */
function bodyOf(
  texts: AsyncGenerator<string>,
  arrivals: Arrivals,
  onDropped: (reason: string) => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stalled: ReturnType<typeof setTimeout> | null = null;
  let isCancelled = false;
  const end = (): void => {
    clearTimeout(stalled);
    arrivals.close();
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(stalled);
        const drop = (reason: string): void => {
          end();
          onDropped(reason);
          controller.error(new Error(reason));
        };
        try {
          const { done, value } = await texts.next();
          if (isCancelled) return;
          if (done) {
            end();
            controller.close();
            return;
          }
          controller.enqueue(encoder.encode(value));
          stalled = setTimeout(() => drop("the reader takes nothing"), STALLED_AFTER_MS);
        } catch (error) {
          drop(String(error));
        }
      },
      cancel() {
        isCancelled = true;
        end();
      },
    },
    { highWaterMark: 0 },
  );
}
