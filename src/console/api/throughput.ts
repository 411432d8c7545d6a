// How many events were recorded in each of the last seconds, and how many of them callers caused: counted from the live feed.

import type { FeedItem } from "../../http/representations.ts";

export const SHOWN_SECONDS = 120;
/** A little more than is shown: events come late, and in bursts. */
const KEPT_SECONDS = 2 * SHOWN_SECONDS;

interface Second {
  /** One for each command that was accepted. */
  events: number;
  /** Of commands that came from outside; the others are the functions'. */
  fromCallers: number;
}

/** By the second in which they were recorded, not in which they came here. */
const seconds = new Map<number, Second>();

const secondOf = (epochMs: number): number => Math.floor(epochMs / 1_000);

export function countEvent({ createdAt, metadata }: FeedItem): void {
  const second = secondOf(createdAt);
  const counted = seconds.get(second) ?? { events: 0, fromCallers: 0 };
  counted.events += 1;
  if (metadata.causationId === null) counted.fromCallers += 1;
  seconds.set(second, counted);
  if (seconds.size <= KEPT_SECONDS) return;
  const oldest = Math.max(...seconds.keys()) - KEPT_SECONDS;
  for (const kept of seconds.keys()) if (kept < oldest) seconds.delete(kept);
}

export function forgetThroughput(): void {
  seconds.clear();
}

/** Columns as a chart takes them: whole seconds, the newest last. */
export interface Throughput {
  readonly seconds: number[];
  readonly events: number[];
  readonly fromCallers: number[];
}

/** The second that is not over yet is left out: it would look like a fall. */
export function throughputUntil(epochMs: number): Throughput {
  const end = secondOf(epochMs);
  const shown = Array.from({ length: SHOWN_SECONDS }, (_, place) => end - SHOWN_SECONDS + place);
  const counted = shown.map((second) => seconds.get(second));
  return {
    seconds: shown,
    events: counted.map((second) => second?.events ?? 0),
    fromCallers: counted.map((second) => second?.fromCallers ?? 0),
  };
}
