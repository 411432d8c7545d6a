// Consuming: a batch of queue messages, decoded, gathered by account, projected, and only then acknowledged.

import * as z from "zod";
import { accountNumberSchema } from "../account/commands.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { eventsMessageSchema } from "../account/events-message.ts";
import { logLine } from "../http/log-line.ts";
import { announce } from "./announce.ts";
import type { ProcessorEnv } from "./env.ts";
import { knownFunctions } from "./functions.ts";
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
export function consumeEvents(batch: MessageBatch, env: ProcessorEnv): Promise<void> {
  return consume(batch, env, retryLater, async (_, { messages }) => messages.forEach(retryLater));
}

/** Its dead-letter queue: nobody would bring these again, so what fails here too is parked. */
export function consumeDeadEvents(batch: MessageBatch, env: ProcessorEnv): Promise<void> {
  return consume(batch, env, retryDeadLater, async (accountNumber, { messages, lastVersion }, reason) => {
    await park(env.OPERATIONS, accountNumber, new Unprojectable(lastVersion, reason));
    for (const message of messages) message.ack();
  });
}

/** `onFailure`: what becomes of an account's messages when a part of the system did not answer. */
async function consume(
  batch: MessageBatch,
  env: ProcessorEnv,
  retry: (message: Message) => void,
  onFailure: (accountNumber: string, own: Gathered, reason: unknown) => Promise<void>,
): Promise<void> {
  const startedAt = Date.now();
  const { gathered, unreadable } = gather(batch.messages);
  for (const { message, reason } of unreadable) {
    await keepMessage(env.OPERATIONS, message, accountNumberIn(message.body), reason).then(
      () => message.ack(),
      () => retry(message),
    );
  }
  const projected = await project(env, gathered).catch((reason) => ({
    ...NOTHING_PROJECTED,
    failures: allFailing(gathered, reason),
  }));
  const { events, repaired, parked } = projected;
  const failures = new Map([...projected.failures, ...(await announceAll(env, gathered, projected))]);
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
}

const NOTHING_PROJECTED: Omit<Projected, "failures"> = { events: 0, repaired: [], parked: [] };

/**
 * Before the messages are acknowledged, so that no function misses what it asked for; of a message that came before, too:
 * what was projected then may not have been announced. Answers the accounts whose messages have to come again.
 */
async function announceAll(
  env: ProcessorEnv,
  gathered: ReadonlyMap<string, Gathered>,
  { repaired, parked, failures }: Projected,
): Promise<ReadonlyMap<string, unknown>> {
  const changed = [...gathered].filter(
    ([accountNumber]) => !failures.has(accountNumber) && !parked.includes(accountNumber),
  );
  const changes = changed.map(([accountNumber, { known, lastVersion }]) => {
    // The log had more than came.
    const isUnknown = repaired.includes(accountNumber);
    const types = isUnknown ? null : new Set([...known.values()].map(({ type }) => type));
    return [accountNumber, { version: lastVersion, types }] as const;
  });
  try {
    return await announce(env, await knownFunctions(env), new Map(changes));
  } catch (error) {
    return allFailing(new Map(changed), error);
  }
}

function allFailing(gathered: ReadonlyMap<string, Gathered>, reason: unknown): Map<string, unknown> {
  return new Map([...gathered.keys()].map((accountNumber) => [accountNumber, reason]));
}

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
