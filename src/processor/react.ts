// Reacting: one function is led over one account's events, in the order of the log, from where it was to the newest that
// the views have. What a function reads in the views is never older than what it is told.

import type { RecordedAccountEvent } from "../account/events.ts";
import { reachLog } from "../account/reach-log.ts";
import { readRows } from "../views/accounts-view.ts";
import type { Pair, ReactionMessage } from "./announce.ts";
import { askFunction, FunctionFailed } from "./ask-function.ts";
import { chainLength, MAX_CHAIN } from "./causation.ts";
import type { ProcessorEnv } from "./env.ts";
import { eventsAfter } from "./events-after.ts";
import type { KnownFunction, Reacted } from "./functions.ts";
import { fail, finish, giveBack, type Lease, postpone, takeLease } from "./reactions.ts";

/** Well within a lease, with a last event that takes long; what is left then is for the next consumer. */
const WORK_LIMIT_MS = 10_000;

export type ReactionOutcome =
  /** It is where the views are. */
  | { readonly kind: "done" }
  /** Time is up; another consumer has the pair; the views were lost, and are made anew. The message is to come again. */
  | { readonly kind: "unfinished" | "busy" | "behind" }
  | { readonly kind: "failed" | "parked"; readonly reason: string };

/** `reacted` is told of each event that the function is done with. Rejects where a part of the system does not answer. */
export async function react(
  env: ProcessorEnv,
  asked: KnownFunction,
  message: ReactionMessage,
  reacted: (event: Reacted) => void,
): Promise<ReactionOutcome> {
  const lease = await takeLease(env.OPERATIONS, message);
  if (lease === null) return { kind: "busy" };
  let { position } = lease;
  const givenUpAt = Date.now() + WORK_LIMIT_MS;
  try {
    const rows = await readRows(env.VIEWS, [message.accountNumber]);
    const viewVersion = rows.get(message.accountNumber)?.version ?? 0;
    position ??= await beginning(env, asked, message);
    for await (const event of eventsAfter(env.ACCOUNT_LOGS, message.accountNumber, position)) {
      if (event.version > viewVersion) break;
      if (asked.reactsTo.includes(event.type)) {
        const failure = await reactToOne(env, asked, event);
        if (failure !== null) return await failed(env, lease, position, event, failure);
        reacted({ eventId: event.id, eventAt: event.createdAt, doneAt: Date.now() });
      }
      position = event.version;
      if (Date.now() > givenUpAt) {
        await giveBack(env.OPERATIONS, lease, position);
        return { kind: "unfinished" };
      }
    }
    await finish(env.OPERATIONS, lease, position);
    return { kind: viewVersion < message.version ? "behind" : "done" };
  } catch (error) {
    await postpone(env.OPERATIONS, lease, position, String(error));
    throw error;
  }
}

/** What the function never looked at begins where the function did: the rest is history to it. */
async function beginning(
  { ACCOUNT_LOGS }: ProcessorEnv,
  { startsAt }: KnownFunction,
  { accountNumber }: Pair,
): Promise<number> {
  const { account } = await reachLog(ACCOUNT_LOGS, accountNumber, (log) => log.atTime(startsAt - 1));
  return account?.version ?? 0;
}

/** Null where the function is done with the event. */
async function reactToOne(
  env: ProcessorEnv,
  asked: KnownFunction,
  event: RecordedAccountEvent,
): Promise<FunctionFailed | null> {
  const { account } = await reachLog(env.ACCOUNT_LOGS, event.accountNumber, (log) =>
    log.atVersion(event.version),
  );
  if (account === null) throw new Error(`${event.id} is in its log`);
  try {
    await askFunction(env, asked, {
      happened: { event, account },
      correlationId: event.metadata.correlationId,
      beforeCommands: () => checkChain(env, event),
    });
    return null;
  } catch (error) {
    if (error instanceof FunctionFailed) return error;
    throw error;
  }
}

async function checkChain({ ACCOUNT_LOGS }: ProcessorEnv, event: RecordedAccountEvent): Promise<void> {
  if ((await chainLength(ACCOUNT_LOGS, event)) < MAX_CHAIN) return;
  throw new FunctionFailed(
    `Functions set off each other: a command now would make the chain of causation longer than ${MAX_CHAIN}`,
    true,
  );
}

async function failed(
  env: ProcessorEnv,
  lease: Lease,
  position: number,
  event: RecordedAccountEvent,
  failure: FunctionFailed,
): Promise<ReactionOutcome> {
  const isParked = await fail(env.OPERATIONS, lease, position, event, failure);
  return { kind: isParked ? "parked" : "failed", reason: failure.message };
}
