// Consuming: a batch of queue messages, decoded, gathered by account, projected, and only then acknowledged.

import type { RecordedAccountEvent } from "../account/events.ts";
import { eventsMessageSchema } from "../account/events-message.ts";
import { type ProcessorEnv, project } from "./project.ts";

/** A message that failed comes back after 2, 4, 8 … seconds, at most this. */
const MAX_RETRY_DELAY_SECONDS = 300;

/** What a batch brought of one account. */
interface Gathered {
  readonly messages: Message[];
  readonly known: Map<number, RecordedAccountEvent>;
  lastVersion: number;
}

export async function consume(batch: MessageBatch, env: ProcessorEnv): Promise<void> {
  const gathered = gather(batch.messages);
  const failures = await project(env, gathered);
  for (const [accountNumber, { messages }] of gathered) {
    const failure = failures.get(accountNumber);
    if (failure !== undefined) console.error(`Account ${accountNumber} can't be projected:`, failure);
    for (const message of messages) {
      if (failure === undefined) message.ack();
      else retry(message);
    }
  }
}

function gather(messages: readonly Message[]): Map<string, Gathered> {
  const gathered = new Map<string, Gathered>();
  for (const message of messages) {
    const decoded = eventsMessageSchema.safeParse(message.body);
    if (!decoded.success) {
      // It goes to the dead-letter queue when its retries are over; until then, newer code may come that can read it.
      console.error(`Message ${message.id} can't be read: ${decoded.error.message}`);
      retry(message);
      continue;
    }
    const { accountNumber, events } = decoded.data;
    const own: Gathered = gathered.get(accountNumber) ?? { messages: [], known: new Map(), lastVersion: 0 };
    gathered.set(accountNumber, own);
    own.messages.push(message);
    for (const event of events) {
      own.known.set(event.version, event);
      own.lastVersion = Math.max(own.lastVersion, event.version);
    }
  }
  return gathered;
}

function retry(message: Message): void {
  message.retry({ delaySeconds: Math.min(2 ** message.attempts, MAX_RETRY_DELAY_SECONDS) });
}
