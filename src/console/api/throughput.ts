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

const NO_EVENTS: Readonly<Second> = { events: 0, fromCallers: 0 };

/** By the second in which they were recorded, not in which they came here. */
const seconds = new Map<number, Second>();

/** Every event from this second on is counted; null where nobody knows since when. */
let knownSince: number | null = null;
/** Up to this second, which is not over; null while events come as they happen. */
let knownUntil: number | null = 0;

const secondOf = (epochMs: number): number => Math.floor(epochMs / 1_000);

/** Every event that is recorded from then on will be counted. */
export function countSince(epochMs: number): void {
  knownSince = secondOf(epochMs);
}

export function countLive(isLive: boolean, epochMs: number): void {
  if (isLive) knownUntil = null;
  else knownUntil ??= secondOf(epochMs);
}

export function countEvent({ createdAt, metadata }: FeedItem): void {
  const second = secondOf(createdAt);
  // There may have been others before it, in the same second.
  knownSince ??= second + 1;
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
  knownSince = null;
}

/** Columns as a chart takes them: whole seconds, the newest last; null is one of which nobody knows. */
export interface Throughput {
  readonly seconds: number[];
  readonly events: (number | null)[];
  readonly fromCallers: (number | null)[];
}

/** The second that is not over yet is left out: it would look like a fall. */
export function throughputUntil(epochMs: number): Throughput {
  const end = secondOf(epochMs);
  const shown = Array.from({ length: SHOWN_SECONDS }, (_, place) => end - SHOWN_SECONDS + place);
  const isKnown = (second: number): boolean =>
    knownSince !== null && second >= knownSince && second < (knownUntil ?? end);
  const counted = shown.map((second) => (isKnown(second) ? (seconds.get(second) ?? NO_EVENTS) : null));
  return {
    seconds: shown,
    events: counted.map((second) => second?.events ?? null),
    fromCallers: counted.map((second) => second?.fromCallers ?? null),
  };
}
