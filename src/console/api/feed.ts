// The live feed: one stream for each tab, whoever listens. It begins with the newest events that there are.

import { signal } from "@preact/signals";
import { type Connection, ProblemFound } from "../../client/client.ts";
import type { FeedItem } from "../../http/representations.ts";
import { client, read } from "./service.ts";

/** So many events are at hand when a screen opens, and so many are kept. */
const RECENT_AT_START = 50;
const MAX_RECENT = 200;
/** After a problem that another attempt right away would meet again. */
const PAUSE_AFTER_PROBLEM_MS = 10_000;

type Listener = (item: FeedItem) => void;

/** Whether events come as they happen. */
export const connection = signal<Connection>("connecting");
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

/** For as long as the tab is open. */
export async function followFeed(): Promise<never> {
  for (;;) {
    try {
      const after = await startingPlace();
      const onConnection = (now: Connection): void => {
        connection.value = now;
      };
      for await (const item of client.followFeed({ onConnection, ...(after === null ? {} : { after }) })) {
        recentEvents.value = [item, ...recentEvents.value].slice(0, MAX_RECENT);
        for (const listener of listeners) listener(item);
      }
    } catch (error) {
      if (!(error instanceof ProblemFound)) throw error;
    }
    connection.value = "cut-off";
    await new Promise((wake) => setTimeout(wake, PAUSE_AFTER_PROBLEM_MS));
    recentEvents.value = [];
    for (const listener of restartListeners) listener();
  }
}

/** Null where the reader may not know how long the feed is: then it begins with the next event. */
async function startingPlace(): Promise<number | null> {
  const status = await read<"getStatus">("/v1/operations/status");
  return status.ok ? Math.max(0, status.value.feedPosition - RECENT_AT_START) : null;
}
