// What a run's logs have to say: every acknowledged command once, every refusal nothing, every version and time in order.

import type { Account } from "../../src/account/account.ts";
import { decide } from "../../src/account/decide.ts";
import type { RecordedAccountEvent } from "../../src/account/events.ts";
import type { EventsMessage } from "../../src/account/events-message.ts";
import { evolve } from "../../src/account/evolve.ts";
import type { Attempt } from "./clients.ts";

/** An account's log, with its state at each version: `states[0]` is null, before the first event. */
export interface History {
  readonly accountNumber: string;
  readonly events: readonly RecordedAccountEvent[];
  readonly states: readonly (Account | null)[];
}

export function historyOf(accountNumber: string, events: readonly RecordedAccountEvent[]): History {
  const states: (Account | null)[] = [null];
  for (const event of events) states.push(evolve(states.at(-1) ?? null, event));
  return { accountNumber, events, states };
}

/** Same JSON: both sides come from JSON or from literals in one order. */
export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

export function checkOrder({ accountNumber, events }: History): string[] {
  return events.flatMap((event, index) => {
    const wrong: string[] = [];
    if (event.version !== index + 1)
      wrong.push(`${accountNumber}: version ${event.version} is at ${index + 1}`);
    if (event.createdAt < (events[index - 1]?.createdAt ?? 0)) wrong.push(`${event.id}: time goes back`);
    return wrong;
  });
}

/** Everything in the log came to the queue, as it is in the log. */
export function checkPublished(
  { accountNumber, events }: History,
  messages: readonly EventsMessage[],
): string[] {
  const came = new Map<number, RecordedAccountEvent>();
  const wrong: string[] = [];
  for (const message of messages.filter((other) => other.accountNumber === accountNumber)) {
    for (const event of message.events) {
      came.set(event.version, event);
      if (!isSame(events[event.version - 1], event)) wrong.push(`${event.id} was published otherwise`);
    }
  }
  for (const { id, version } of events) if (!came.has(version)) wrong.push(`${id} was never published`);
  return wrong;
}

export function checkAnswers(history: History, all: readonly Attempt[]): string[] {
  const own = all.filter(({ accountNumber }) => accountNumber === history.accountNumber);
  const byCommandId = Map.groupBy(own, ({ request }) => request.metadata.commandId);
  const wrong: string[] = [];
  for (const [commandId, attempts] of byCommandId) {
    const inLog = history.events.filter(({ metadata }) => metadata.commandId === commandId);
    for (const problem of checkCommand(history, attempts, inLog)) wrong.push(`${commandId}: ${problem}`);
  }
  for (const { id, metadata } of history.events) {
    if (!byCommandId.has(metadata.commandId)) wrong.push(`${id} is of a command that nobody sent`);
  }
  return wrong;
}

/** All that came of one command id: its key's answers, or the answers to one command without a key. */
function* checkCommand(
  history: History,
  attempts: readonly Attempt[],
  inLog: readonly RecordedAccountEvent[],
): Generator<string> {
  if (inLog.length > 1) yield `${inLog.length} times in the log`;
  let fresh = 0;
  for (const attempt of attempts) {
    const { outcome, request } = attempt;
    if (outcome?.kind === "accepted") {
      if (!isSame(outcome.events, inLog)) yield "acknowledged with other events than the log has";
      if (!isSame(outcome.account, history.states[outcome.account.version])) {
        yield "acknowledged with another account than the log folds to";
      }
      if (outcome.account.version !== inLog.at(-1)?.version) yield "acknowledged at another version";
      if (!outcome.replayed) fresh += 1;
      if (!outcome.replayed && !isDecided(history, attempt))
        yield `${request.command.type} was not to be accepted`;
    }
    if (outcome?.kind === "refused" && !isRefusedRightly(history, attempt)) {
      yield `${request.command.type} was refused for ${outcome.refusal.code} that never was`;
    }
    if (outcome?.kind === "idempotency-key-reused" && inLog.length === 0)
      yield "a key that nobody used is in use";
  }
  if (fresh > 1) yield `${fresh} answers say that they are the first`;
  if (attempts.every(({ outcome }) => outcome?.kind === "refused") && inLog.length > 0) {
    yield "refused, and in the log";
  }
  const last = attempts.at(-1);
  const before = attempts.slice(0, -1);
  const isAlone = before.every(({ answeredAt }) => answeredAt < (last?.sentAt ?? 0));
  if (isAlone && last?.outcome?.kind === "refused" && inLog.length > 0) {
    yield "refused, though an earlier attempt is in the log";
  }
}

function isDecided({ states }: History, { request, outcome }: Attempt): boolean {
  if (outcome?.kind !== "accepted") return false;
  const [first] = outcome.events;
  const met = states[(first?.version ?? 0) - 1];
  if (met === undefined) return false;
  const decision = decide(met, request.command, request.expected);
  return (
    decision.kind === "events" &&
    isSame(
      decision.events.map(({ type, data }) => ({ type, data })),
      outcome.events.map(({ type, data }) => ({ type, data })),
    )
  );
}

/** A refusal is right where the account was, at some time since the command was sent, in a state that refuses so. */
function isRefusedRightly({ states }: History, { request, outcome, leastVersion }: Attempt): boolean {
  if (outcome?.kind !== "refused") return false;
  return states.slice(leastVersion).some((state) => {
    const decision = decide(state, request.command, request.expected);
    return decision.kind === "refusal" && isSame(decision.refusal, outcome.refusal);
  });
}
