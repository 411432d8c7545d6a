// What travels over the queue: a run of one account's events, in order of version.

import * as z from "zod";
import { recordedAccountEventSchema } from "./events.ts";

export const eventsMessageSchema = z
  .object({ accountNumber: z.string(), events: z.array(recordedAccountEventSchema).min(1) })
  .refine(
    ({ accountNumber, events }) => events.every((event) => event.accountNumber === accountNumber),
    "all events are of that account",
  );

export type EventsMessage = z.infer<typeof eventsMessageSchema>;
