// What travels over the queue: a run of one account's events, in order of version.

import type { RecordedAccountEvent } from "./events.ts";
import { upcast } from "./upcast.ts";

export interface EventsMessage {
  readonly accountNumber: string;
  readonly events: RecordedAccountEvent[];
}

/**
 * The message in today's shapes, or why it is none. Accepts what `recordedAccountEventSchema` does, member by member, but by
 * hand: most of what comes was written by this system a moment before, and the schema took half of a batch's time.
 */
export function decodeEventsMessage(body: unknown): EventsMessage | string {
  if (!isObject(body)) return "It is no object";
  const { accountNumber, events } = body;
  if (!isString(accountNumber)) return "accountNumber is no text";
  if (!Array.isArray(events) || events.length === 0) return "events is no list of any";
  const recorded: RecordedAccountEvent[] = [];
  for (const [index, event] of events.entries()) {
    if (!isRecordedEvent(event)) return `events[${index}]${wrongIn(event)}`;
    if (event.accountNumber !== accountNumber) return `events[${index}] is of another account`;
    recorded.push(upcast(event));
  }
  return { accountNumber, events: recorded };
}

type Check = (value: unknown) => boolean;

const isString = (value: unknown): value is string => typeof value === "string";
const isWhole = (value: unknown, least: number): boolean =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= least;
const isTime: Check = (value) => isWhole(value, 0);
const isNumber: Check = (value) => isWhole(value, 1);

const MEMBERS: Readonly<Record<keyof RecordedAccountEvent, Check>> = {
  id: isString,
  createdAt: isTime,
  lastModified: isTime,
  type: (value) => isString(value) && value !== "",
  schema: isNumber,
  accountNumber: isString,
  version: isNumber,
  data: isObject,
  metadata: (value) => isObject(value) && METADATA.every(([name, check]) => check(value[name])),
};

const METADATA: readonly (readonly [keyof RecordedAccountEvent["metadata"], Check])[] = [
  ["commandId", isString],
  ["correlationId", isString],
  ["causationId", (value) => value === null || isString(value)],
  ["actor", isString],
];

const CHECKS = Object.entries(MEMBERS);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRecordedEvent(value: unknown): value is RecordedAccountEvent {
  return (
    isObject(value) &&
    CHECKS.every(([name, check]) => check(value[name])) &&
    value.id === `${value.accountNumber}:${value.version}`
  );
}

/** What is wrong with an event, for whoever reads of it. */
function wrongIn(event: unknown): string {
  if (!isObject(event)) return " is no object";
  const wrong = CHECKS.find(([name, check]) => !check(event[name]));
  return wrong === undefined ? ".id is not accountNumber:version" : `.${wrong[0]} is wrong`;
}
