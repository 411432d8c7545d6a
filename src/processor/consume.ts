// Consuming: a batch of queue messages, decoded, gathered by account, projected, and only then acknowledged.

import * as z from "zod";
import { accountNumberSchema } from "../account/commands.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { decodeEventsMessage, type EventsMessage } from "../account/events-message.ts";
import { LogUnavailable } from "../account/reach-log.ts";
import { logLine } from "../http/log-line.ts";
import { announce } from "./announce.ts";
import { buryRepairs } from "./consume-repairs.ts";
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
  readonly traceIds: Set<string>;
  lastVersion: number;
}

/** So often an account's own log may fail to answer, half a minute in all, before the account is in sight as parked. */
const ATTEMPTS_UNTIL_PARKED = 5;

/** The queue `account-events`: what failed comes again, later each time. */
export function consumeEvents(batch: MessageBatch, env: ProcessorEnv): Promise<void> {
  return consume(batch, batch.messages, env, retryLater, async (accountNumber, own, reason) => {
    own.messages.forEach(retryLater);
    const isOftenTried = own.messages.some(({ attempts }) => attempts >= ATTEMPTS_UNTIL_PARKED);
    // What is no outage of a part but one account's trouble is to be seen, while it goes on being tried.
    if (isOftenTried && reason instanceof LogUnavailable) await parkFor(env, accountNumber, own, reason);
  });
}

/** The dead-letter queue: nobody would bring these again, so what fails here too is parked. */
export async function consumeDeadEvents(batch: MessageBatch, env: ProcessorEnv): Promise<void> {
  const others = await buryRepairs(batch.messages, env);
  await consume(batch, others, env, retryDeadLater, async (accountNumber, own, reason) => {
    await parkFor(env, accountNumber, own, reason);
    for (const message of own.messages) message.ack();
  });
}

function parkFor(
  { OPERATIONS }: ProcessorEnv,
  accountNumber: string,
  { lastVersion, traceIds }: Gathered,
  reason: unknown,
): Promise<void> {
  const { version, message } = new Unprojectable(lastVersion, reason);
  // Whoever projects what came, or has, leaves nothing to wait for.
  const parking = { version, message, settledVersion: lastVersion };
  return park(OPERATIONS, accountNumber, parking, [...traceIds].at(-1));
}

/** `onFailure`: what becomes of an account's messages when a part of the system did not answer. */
async function consume(
  { queue }: MessageBatch,
  messages: readonly Message[],
  env: ProcessorEnv,
  retry: (message: Message) => void,
  onFailure: (accountNumber: string, own: Gathered, reason: unknown) => Promise<void>,
): Promise<void> {
  const startedAt = Date.now();
  const { gathered, unreadable } = gather(messages);
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
    queue,
    messages: messages.length,
    unreadable: unreadable.length,
    accounts: [...gathered].map(([accountNumber, own]) => told(accountNumber, own)),
    events,
    repaired,
    parked,
    failures: [...failures].map(([accountNumber, reason]) => ({ accountNumber, reason: String(reason) })),
    durationMs: Date.now() - startedAt,
  });
}

/** More traces than this of one account are not told: a burst may have hundreds. */
const MAX_TOLD_TRACES = 3;

function told(accountNumber: string, { known, lastVersion, traceIds }: Gathered): object {
  const versions = [Math.min(...known.keys()), lastVersion];
  return { accountNumber, versions, traceIds: [...traceIds].slice(-MAX_TOLD_TRACES) };
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
    const decoded = decode(message.body);
    if (typeof decoded === "string") {
      unreadable.push({ message, reason: decoded });
      continue;
    }
    const { accountNumber, events } = decoded;
    const own: Gathered = gathered.get(accountNumber) ?? {
      messages: [],
      known: new Map(),
      traceIds: new Set(),
      lastVersion: 0,
    };
    gathered.set(accountNumber, own);
    own.messages.push(message);
    for (const event of events) {
      own.known.set(event.version, event);
      own.traceIds.add(event.metadata.correlationId);
      own.lastVersion = Math.max(own.lastVersion, event.version);
    }
  }
  return { gathered, unreadable };
}

/** The message, or why it is none. */
function decode(body: unknown): EventsMessage | string {
  try {
    return decodeEventsMessage(body);
  } catch (error) {
    // An upcaster met what it can't read: that is this message's trouble, and no other's.
    return String(error);
  }
}

/** What can still be read of a message that can't: whose it is. */
function accountNumberIn(body: unknown): string | null {
  return z.object({ accountNumber: accountNumberSchema }).safeParse(body).data?.accountNumber ?? null;
}
