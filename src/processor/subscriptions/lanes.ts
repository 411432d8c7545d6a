// Lanes: each account's events in order, some accounts side by side, so that no account waits for another's trouble.

import type { RecordedAccountEvent } from "../../account/events.ts";
import type { Course } from "./course.ts";
import { deliver, type Failure, type Receiver } from "./delivery.ts";

export interface Lane {
  readonly accountNumber: string;
  /** In order of version. */
  readonly events: readonly RecordedAccountEvent[];
}

export interface LaneOutcome extends Lane {
  /** How many of the events were taken: all before the first that was not. */
  readonly taken: number;
  /** Why the next one was not; null where all were, or the round was over before. */
  readonly failure: Failure | null;
}

/** A Worker may have six connections that wait for an answer (Workers documentation, "Limits"). */
export const PARALLEL_LANES = 6;

export function lanesOf(events: readonly RecordedAccountEvent[]): Lane[] {
  const lanes = Map.groupBy(events, ({ accountNumber }) => accountNumber);
  return [...lanes].map(([accountNumber, own]) => ({ accountNumber, events: own }));
}

/** Each lane until its end, its first failure, or the end of the round. */
export async function deliverLanes(
  receiver: Receiver,
  lanes: readonly Lane[],
  course: Course,
): Promise<LaneOutcome[]> {
  const outcomes: LaneOutcome[] = [];
  const left = lanes.values();
  // They share one iterator, so each lane is taken by one of them.
  const deliverSome = async (): Promise<void> => {
    for (const lane of left) outcomes.push(await deliverLane(receiver, lane, course));
  };
  await Promise.all(Array.from({ length: PARALLEL_LANES }, deliverSome));
  return outcomes;
}

async function deliverLane(receiver: Receiver, lane: Lane, course: Course): Promise<LaneOutcome> {
  for (const [taken, event] of lane.events.entries()) {
    if (course.isOver) return { ...lane, taken, failure: null };
    const delivery = await deliver(receiver, event);
    switch (delivery.kind) {
      case "delivered":
        course.delivered(event.id);
        break;
      case "gone":
        course.gone();
        return { ...lane, taken, failure: null };
      case "failed":
        course.failed(lane.accountNumber, event.id, delivery);
        return { ...lane, taken, failure: delivery };
      default:
        return delivery satisfies never;
    }
  }
  return { ...lane, taken: lane.events.length, failure: null };
}
