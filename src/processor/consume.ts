// Consuming: a batch of queue messages, decoded, gathered by account, projected, and only then acknowledged.

import * as z from "zod";
import { accountNumberSchema } from "../account/commands.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { eventsMessageSchema } from "../account/events-message.ts";
import { logLine } from "../http/log-line.ts";
import type { ProcessorEnv } from "./env.ts";
import { keepMessage, park } from "./parking.ts";
import { type Projected, project } from "./project.ts";
import { Unprojectable } from "./repair.ts";
import { retryDeadLater, retryLater } from "./retry-later.ts";

/** What a batch brought of one account. */
interface Gathered {
  readonly messages: Message[];
  readonly known: Map<number, RecordedAccountEvent>;
  lastVersion: number;
}

/** The queue `account-events`: what failed comes again, later each time. */
export function consumeEvents(batch: MessageBatch, env: ProcessorEnv): Promise<ReadonlySet<string>> {
  return consume(batch, env, retryLater, async (_, { messages }) => messages.forEach(retryLater));
}

/** Its dead-letter queue: nobody would bring these again, so what fails here too is parked. */
export function consumeDeadEvents(batch: MessageBatch, env: ProcessorEnv): Promise<ReadonlySet<string>> {
  return consume(batch, env, retryDeadLater, async (accountNumber, { messages, lastVersion }, reason) => {
    await park(env.OPERATIONS, accountNumber, new Unprojectable(lastVersion, reason));
    for (const message of messages) message.ack();
  });
}

/**
 * `onFailure`: what becomes of an account's messages when a part of the system did not answer. Answers the types of
 * the events that came.
 */
async function consume(
  batch: MessageBatch,
  env: ProcessorEnv,
  retry: (message: Message) => void,
  onFailure: (accountNumber: string, own: Gathered, reason: unknown) => Promise<void>,
): Promise<ReadonlySet<string>> {
  const startedAt = Date.now();
  const { gathered, unreadable } = gather(batch.messages);
  for (const { message, reason } of unreadable) {
    await keepMessage(env.OPERATIONS, message, accountNumberIn(message.body), reason).then(
      () => message.ack(),
      () => retry(message),
    );
  }
  const { events, repaired, parked, failures } = await project(env, gathered).catch((reason) => ({
    ...NOTHING_PROJECTED,
    failures: new Map([...gathered.keys()].map((accountNumber) => [accountNumber, reason])),
  }));
  for (const [accountNumber, own] of gathered) {
    const failure = failures.get(accountNumber);
    if (failure === undefined) for (const message of own.messages) message.ack();
    else await onFailure(accountNumber, own, failure).catch(() => own.messages.forEach(retry));
  }
  logLine("batch", {
    queue: batch.queue,
    messages: batch.messages.length,
    unreadable: unreadable.length,
    accounts: gathered.size,
    events,
    repaired,
    parked,
    failures: [...failures].map(([accountNumber, reason]) => ({ accountNumber, reason: String(reason) })),
    durationMs: Date.now() - startedAt,
  });
  return new Set([...gathered.values()].flatMap(({ known }) => [...known.values()].map(({ type }) => type)));
}

const NOTHING_PROJECTED: Omit<Projected, "failures"> = { events: 0, repaired: [], parked: [] };

interface Unreadable {
  readonly message: Message;
  readonly reason: string;
}

function gather(messages: readonly Message[]): {
  readonly gathered: Map<string, Gathered>;
  readonly unreadable: readonly Unreadable[];
} {
  const gathered = new Map<string, Gathered>();
  const unreadable: Unreadable[] = [];
  for (const message of messages) {
    const decoded = eventsMessageSchema.safeParse(message.body);
    if (!decoded.success) {
      unreadable.push({ message, reason: z.prettifyError(decoded.error) });
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
  return { gathered, unreadable };
}

/** What can still be read of a message that can't: whose it is. */
function accountNumberIn(body: unknown): string | null {
  return z.object({ accountNumber: accountNumberSchema }).safeParse(body).data?.accountNumber ?? null;
}
