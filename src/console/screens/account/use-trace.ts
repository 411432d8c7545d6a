// A trace as it can be seen from one of its events: what led to it, to the beginning, and what of it is known besides.

import { useEffect, useState } from "preact/hooks";
import type { Problem } from "../../../client/problem.ts";
import type { EventRepresentation } from "../../../http/representations.ts";
import { recentEvents } from "../../api/feed.ts";
import { client } from "../../api/service.ts";
import { addressOf } from "./event-words.ts";

/** The service parks what a longer chain of causes would set off. */
const MAX_CHAIN = 16;

interface Chain {
  /** The event itself, its cause, the cause's cause … */
  readonly events: readonly EventRepresentation[];
  readonly problem: Problem | null;
}

export interface TracedEvent {
  readonly event: EventRepresentation;
  /** How many causes of it are shown. */
  readonly depth: number;
}

interface Trace {
  /** Null while it is read. */
  readonly correlationId: string | null;
  /** Each after its cause. */
  readonly events: readonly TracedEvent[];
  readonly problem: Problem | null;
}

/** `nearby`: events that are at hand. Some may be of the trace. */
export function useTrace(
  accountNumber: string,
  version: number,
  nearby: readonly EventRepresentation[],
): Trace {
  const [{ events: chain, problem }, setChain] = useState<Chain>({ events: [], problem: null });
  useEffect(() => {
    let isLeft = false;
    void readChain(accountNumber, version).then((read) => {
      if (!isLeft) setChain(read);
    });
    return () => {
      isLeft = true;
    };
  }, [accountNumber, version]);

  const correlationId = chain[0]?.metadata.correlationId ?? null;
  const others = [...nearby, ...recentEvents.value].filter(
    ({ metadata }) => metadata.correlationId === correlationId,
  );
  const byId = new Map([...others, ...chain].map((event) => [event.id, event]));
  return { correlationId, events: inOrder([...byId.values()]), problem };
}

async function readChain(accountNumber: string, version: number): Promise<Chain> {
  const events: EventRepresentation[] = [];
  for (let address = { accountNumber, version }; events.length < MAX_CHAIN; ) {
    const read = await client.event(address.accountNumber, address.version);
    if (!read.ok) return { events, problem: read.problem };
    events.push(read.value);
    const { causationId } = read.value.metadata;
    const cause = causationId === null ? null : addressOf(causationId);
    if (cause === null) break;
    address = cause;
  }
  return { events, problem: null };
}

/** A tree, each event under its cause, the earlier first. */
function inOrder(events: readonly EventRepresentation[]): TracedEvent[] {
  const ids = new Set(events.map(({ id }) => id));
  const earlierFirst = events.toSorted(
    (one, other) => one.createdAt - other.createdAt || one.version - other.version,
  );
  const under = (cause: string | null, depth: number): TracedEvent[] =>
    earlierFirst
      .filter(({ metadata: { causationId } }) =>
        cause === null ? causationId === null || !ids.has(causationId) : causationId === cause,
      )
      .flatMap((event) => [{ event, depth }, ...under(event.id, depth + 1)]);
  return under(null, 0);
}
