// What travels over the queue: a run of one account's events, in order of version.

import * as z from "zod";
import { type RecordedAccountEvent, recordedAccountEventSchema } from "./events.ts";
import { upcast } from "./upcast.ts";

export interface EventsMessage {
  readonly accountNumber: string;
  readonly events: RecordedAccountEvent[];
}

export const eventsMessageSchema = z
  .object({ accountNumber: z.string(), events: z.array(recordedAccountEventSchema.transform(upcast)).min(1) })
  .refine(
    ({ accountNumber, events }) => events.every((event) => event.accountNumber === accountNumber),
    "all events are of that account",
  );
