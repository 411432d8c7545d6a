// Upcasting: a stored event of an older shape, as today's code knows it. Old logs stay readable for ever.

import { EVENT_SCHEMAS, isKnownEventType, type RecordedAccountEvent } from "./events.ts";

type Data = RecordedAccountEvent["data"];

/**
 * From one schema number to the next, by event type. An upcaster is never changed again: what it reads is stored.
 * ACCOUNT_CREATED 1 named `defaultAccount` only where it was true.
 */
const UPCASTERS: Readonly<Record<string, Readonly<Record<number, (data: Data) => Data>>>> = {
  ACCOUNT_CREATED: { 1: (data) => ({ ...data, defaultAccount: data.defaultAccount ?? false }) },
};

/** An event that is of today's shape, or newer, or of a type that this code does not know, comes back as it is. */
export function upcast(event: RecordedAccountEvent): RecordedAccountEvent {
  if (!isKnownEventType(event.type)) return event;
  const today = EVENT_SCHEMAS[event.type];
  let { schema, data } = event;
  if (schema >= today) return event;
  for (; schema < today; schema++) data = UPCASTERS[event.type]?.[schema]?.(data) ?? data;
  return { ...event, schema, data };
}
