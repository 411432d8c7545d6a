// An event as it leaves the service: CloudEvents 1.0, structured JSON.

import type { RecordedAccountEvent } from "../../account/events.ts";
import { accountHref, eventRepresentation } from "../../http/representations.ts";

export const CLOUD_EVENT_TYPE = "application/cloudevents+json; charset=utf-8";

/** `id` is the event's, so whoever gets it twice sees that it is the same one. */
export function cloudEvent(event: RecordedAccountEvent) {
  return {
    specversion: "1.0",
    id: event.id,
    source: accountHref(event.accountNumber),
    type: event.type,
    subject: event.accountNumber,
    time: new Date(event.createdAt).toISOString(),
    datacontenttype: "application/json",
    data: eventRepresentation(event),
  };
}
