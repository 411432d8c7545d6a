// The live feed: one stream for each tab, whoever listens. It begins with the newest events that there are.

import { computed, effect, signal } from "@preact/signals";
import { type Connection, type Problem, ProblemFound } from "../../client/client.ts";
import { pause, pauseBefore } from "../../client/transport.ts";
import type { FeedItem } from "../../http/representations.ts";
import { client, PASSING, read } from "./service.ts";
import { isSignedOut } from "./session.ts";
import { countEvent, countLive, countSince, forgetThroughput } from "./throughput.ts";

/** So many events are at hand when a screen opens, and so many are kept. */
const RECENT_AT_START = 100;
const MAX_RECENT = 500;
/** However fast events come, what shows them is drawn no more often. */
const DRAW_EVERY_MS = 100;
/** After a problem that another attempt right away would meet again. */
const PAUSE_AFTER_PROBLEM_MS = 10_000;

type Listener = (item: FeedItem) => void;

/** Whether events come as they happen. `paused`: nobody looks. */
export const connection = signal<Connection | "paused">("connecting");
/** Why there is no feed, where another attempt right away would come to the same. */
export const feedProblem = signal<Problem | null>(null);
/** Newest first. */
export const recentEvents = signal<readonly FeedItem[]>([]);

const listeners = new Set<Listener>();
/** Where the feed can't be gone on with, whoever shows anything has to read it anew. */
const restartListeners = new Set<() => void>();

/** Ends with what it answers. */
export function onEvent(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function onRestart(listener: () => void): () => void {
  restartListeners.add(listener);
  return () => restartListeners.delete(listener);
}

/**
 * For as long as anybody sees the tab: a browser opens six connections to an origin (HTTP/1.1), for all its tabs together,
 * and a stream takes one of them. Seen again, it goes on where it was.
 */
export function followFeed(): void {
  const isSeen = signal(isVisible());
  document.addEventListener("visibilitychange", () => {
    isSeen.value = isVisible();
  });
  effect(() => countLive(connection.value === "live", Date.now()));
  const isWanted = computed(() => isSeen.value && !isSignedOut.value);
  effect(() => {
    if (!isWanted.value) {
      connection.value = "paused";
      return;
    }
    const end = new AbortController();
    void followUntil(end.signal);
    return () => end.abort();
  });
}

const isVisible = (): boolean => document.visibilityState === "visible";

async function followUntil(ended: AbortSignal): Promise<void> {
  connection.value = "connecting";
  while (!ended.aborted) {
    try {
      const after = await startingPlace(ended);
      if (after === 0) countSince(0);
      const onConnection = (now: Connection): void => {
        if (ended.aborted) return;
        connection.value = now;
        if (now !== "live") return;
        feedProblem.value = null;
        // Nobody knows what happened before the next event: whoever shows anything reads it anew.
        if (after !== null) return;
        countSince(Date.now());
        tellRestart();
      };
      const options = { signal: ended, onConnection, ...(after === null ? {} : { after }) };
      for await (const item of client.followFeed(options)) {
        // What had been read already when it was ended comes again to whoever goes on from here.
        if (ended.aborted) return;
        accept(item);
      }
    } catch (error) {
      if (!(error instanceof ProblemFound)) throw error;
      feedProblem.value = error.problem;
      // Positions that the service does not know any more: the views were deleted and made anew.
      if (error.problem.code === "invalid-request") beginAnew();
    }
    if (ended.aborted) return;
    connection.value = "cut-off";
    await pause(PAUSE_AFTER_PROBLEM_MS);
  }
}

/** Where this tab is in the feed; null before its first event. */
let place: number | null = null;
/** Newest first, not drawn yet. */
let undrawn: FeedItem[] = [];

function accept(item: FeedItem): void {
  place = item.position;
  countEvent(item);
  if (undrawn.length === 0) setTimeout(draw, DRAW_EVERY_MS);
  undrawn.unshift(item);
  for (const listener of listeners) listener(item);
}

function draw(): void {
  recentEvents.value = [...undrawn, ...recentEvents.value].slice(0, MAX_RECENT);
  undrawn = [];
}

function beginAnew(): void {
  place = null;
  undrawn = [];
  recentEvents.value = [];
  forgetThroughput();
  tellRestart();
}

function tellRestart(): void {
  for (const listener of restartListeners) listener();
}

/**
 * Where the tab was, or, where that is long ago, a little before the newest event: nobody reads a thousand at once. Null
 * where the reader may not know how long the feed is and has seen nothing of it: then it begins with the next event.
 */
async function startingPlace(ended: AbortSignal): Promise<number | null> {
  for (let failures = 0; !ended.aborted; ) {
    const status = await read<"getStatus">("/v1/operations/status", ended);
    if (status.ok) {
      const newest = status.value.feedPosition;
      if (place !== null && newest - place > MAX_RECENT) beginAnew();
      return place ?? Math.max(0, newest - RECENT_AT_START);
    }
    if (place !== null || !PASSING.has(status.problem.code)) break;
    if (!ended.aborted) connection.value = "cut-off";
    failures += 1;
    await pause(pauseBefore(failures));
  }
  return place;
}
