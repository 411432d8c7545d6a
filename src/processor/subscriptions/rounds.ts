// A round: some events delivered, and what came of it written down. There are rounds of accounts that wait, and rounds
// of what is new in the feed. What a crash keeps from being written down is delivered again: at least once.

import type { RecordedAccountEvent } from "../../account/events.ts";
import { logLine } from "../../http/log-line.ts";
import { readAccountFeed } from "../../views/account-feed.ts";
import { readFeed, readFeedEventId } from "../../views/feed.ts";
import type { ProcessorEnv } from "../env.ts";
import { Course, FAILING_ACCOUNTS } from "./course.ts";
import type { Receiver } from "./delivery.ts";
import { deliverLanes, type LaneOutcome, lanesOf, PARALLEL_LANES } from "./lanes.ts";
import { retryDelayMs } from "./retry-schedule.ts";
import {
  moveSubscription,
  type SigningSubscription,
  type Subscription,
  writeHealth,
} from "./subscriptions.ts";
import {
  addWaiting,
  dueAccounts,
  failedSince,
  hurryWaiting,
  removeWaiting,
  updateWaiting,
  type WaitingAccount,
  waitingAmong,
} from "./waiting.ts";

/**
 * Most events of one round, and of one account in it: two rounds of nothing but answers at the last moment still fit
 * an alarm, which has 15 minutes (Durable Objects documentation, "Limits").
 */
const EVENTS_PER_ROUND = 40;
/** The views do not have an event that waits: they are being made anew. */
const MISSING_RETRY_MS = 60_000;
/** Views show an event within seconds; where positions were given anew, this much is sent again to be sure. */
const OVERLAP_MS = 24 * 3_600_000;

/** After a rest, one event says whether the receiver is back. */
const isProbing = ({ rests }: Subscription): boolean => rests > 0;

/** Tries accounts again whose time has come. Answers whether there were any, so that there may be more. */
export async function deliverWaiting(env: ProcessorEnv, subscription: SigningSubscription): Promise<boolean> {
  const { id } = subscription;
  const limit = isProbing(subscription) ? 1 : PARALLEL_LANES;
  const due = await dueAccounts(env.OPERATIONS, id, Date.now(), limit);
  if (due.length === 0) return false;
  const backlogs = await Promise.all(due.map((account) => readBacklog(env, subscription, account)));
  const course = await startCourse(env, subscription);
  const outcomes = await deliverLanes(
    receiverOf(subscription),
    backlogs.map(({ account: { accountNumber }, events }) => ({ accountNumber, events })),
    course,
  );
  const ofAccount = new Map(outcomes.map((outcome) => [outcome.accountNumber, outcome]));
  await env.OPERATIONS.batch([
    ...healthStatements(env, id, course),
    ...backlogs.flatMap((backlog) => {
      const outcome = ofAccount.get(backlog.account.accountNumber);
      return outcome === undefined ? [] : [settle(env, id, backlog, outcome)];
    }),
  ]);
  tell(id, "waiting", course);
  return true;
}

/** Delivers what the feed has after the position. Answers whether it has more. */
export async function deliverFeed(env: ProcessorEnv, subscription: SigningSubscription): Promise<boolean> {
  const { id, position } = subscription;
  if (!(await isWhereItWas(env, subscription))) return beginAnew(env, subscription);
  const startedAt = Date.now();
  const limit = isProbing(subscription) ? 1 : EVENTS_PER_ROUND;
  const page = await readFeed(env.VIEWS, position, { types: subscription.types ?? undefined }, limit);
  if (page.reached === position) return false;
  const events = page.events
    .map(({ event }) => event)
    .filter((event) => event.createdAt >= subscription.notBefore);
  const waiting = await waitingAmong(
    env.OPERATIONS,
    id,
    events.map(({ accountNumber }) => accountNumber),
  );
  const isWaiting = ({ accountNumber }: RecordedAccountEvent): boolean => waiting.has(accountNumber);
  const course = await startCourse(env, subscription);
  const lanes = lanesOf(events.filter((event) => !isWaiting(event)));
  const outcomes = await deliverLanes(receiverOf(subscription), lanes, course);

  const hasEverything = page.next === null && subscription.feedMayLack === 0;
  const last = page.events.at(-1);
  const positionEvent =
    last?.position === page.reached ? last.event.id : await readFeedEventId(env.VIEWS, page.reached);
  await env.OPERATIONS.batch([
    moveSubscription(env.OPERATIONS, subscription, {
      position: page.reached,
      positionEvent,
      caughtUpAt: hasEverything ? startedAt : subscription.caughtUpAt,
      notBefore: subscription.notBefore,
    }),
    ...healthStatements(env, id, course),
    ...lanesOf(events.filter(isWaiting)).map(({ accountNumber, events: more }) =>
      addWaiting(env.OPERATIONS, id, waitingFrom(accountNumber, more)),
    ),
    ...outcomes.flatMap((outcome) => {
      const left = outcome.events.slice(outcome.taken);
      if (left.length === 0) return [];
      return [
        addWaiting(env.OPERATIONS, id, {
          ...waitingFrom(outcome.accountNumber, left),
          ...failureOf(outcome, 1),
        }),
      ];
    }),
  ]);
  tell(id, "feed", course);
  return page.next !== null;
}

interface Backlog {
  readonly account: WaitingAccount;
  /** Of the types that are wanted. */
  readonly events: readonly RecordedAccountEvent[];
  /** The version after those that were looked at. */
  readonly next: number;
}

/** Some of what waits of an account. */
async function readBacklog(
  { VIEWS }: ProcessorEnv,
  subscription: Subscription,
  account: WaitingAccount,
): Promise<Backlog> {
  const { accountNumber, version, upToVersion } = account;
  const limit = isProbing(subscription) ? 1 : EVENTS_PER_ROUND;
  const upTo = Math.min(upToVersion, version - 1 + limit);
  const found = await readAccountFeed(VIEWS, accountNumber, version - 1, upTo);
  const events = found.flatMap(({ event }) => event ?? []);
  // Up to the first that is missing: nothing is passed over because the views don't have it now.
  const firstMissing = events.findIndex((event, index) => event.version !== version + index);
  const whole = firstMissing === -1 ? events : events.slice(0, firstMissing);
  const { types } = subscription;
  return {
    account,
    events: whole.filter(({ type }) => types === null || types.includes(type)),
    next: version + whole.length,
  };
}

/** What becomes of an account that was tried again. */
function settle(
  { OPERATIONS }: ProcessorEnv,
  id: string,
  { account, next }: Backlog,
  outcome: LaneOutcome,
): D1PreparedStatement {
  const { accountNumber, version, attempts } = account;
  const stopped = outcome.events[outcome.taken];
  if (stopped !== undefined) {
    const before = stopped.version === version ? attempts : 0;
    return updateWaiting(OPERATIONS, id, account, {
      ...account,
      version: stopped.version,
      attempts: before,
      ...failureOf(outcome, before + 1),
    });
  }
  if (next > account.upToVersion) return removeWaiting(OPERATIONS, id, account);
  const isMissing = next === version;
  const retryAt = Date.now() + (isMissing ? MISSING_RETRY_MS : 0);
  return updateWaiting(OPERATIONS, id, account, {
    accountNumber,
    version: next,
    attempts: 0,
    retryAt,
    failedAt: null,
    reason: null,
  });
}

/** Events that are due as soon as the account's turn comes. */
function waitingFrom(accountNumber: string, events: readonly RecordedAccountEvent[]): WaitingAccount {
  const versions = events.map(({ version }) => version);
  return {
    accountNumber,
    version: Math.min(...versions),
    upToVersion: Math.max(...versions),
    attempts: 0,
    retryAt: Date.now(),
    failedAt: null,
    reason: null,
  };
}

function failureOf({ failure }: LaneOutcome, attempts: number): Partial<WaitingAccount> {
  if (failure === null) return {};
  const delayMs = retryDelayMs(attempts);
  const now = Date.now();
  return {
    attempts,
    retryAt: delayMs === null ? null : now + Math.max(delayMs, failure.retryAfterMs),
    failedAt: now,
    reason: failure.reason,
  };
}

async function startCourse({ OPERATIONS }: ProcessorEnv, subscription: Subscription): Promise<Course> {
  const { id, deliveredAt, failedAt } = subscription;
  // Most often none: then the accounts that wait for a person, who may be many, are not looked through.
  const hasFailed = failedAt !== null && failedAt > (deliveredAt ?? 0);
  const failing = hasFailed ? await failedSince(OPERATIONS, id, deliveredAt ?? 0, FAILING_ACCOUNTS) : [];
  return new Course(subscription, failing);
}

/** Before the statements of single accounts: those that failed just now are not hurried. */
function healthStatements({ OPERATIONS }: ProcessorEnv, id: string, course: Course): D1PreparedStatement[] {
  if (course.deliveries + course.failures === 0 && !course.isOver) return [];
  const health = writeHealth(OPERATIONS, id, course.health());
  return course.isBack ? [health, hurryWaiting(OPERATIONS, id, Date.now())] : [health];
}

function receiverOf({ url, secret, previousSecrets, previousSecretsUntil }: SigningSubscription): Receiver {
  const isOverlap = previousSecrets !== null && (previousSecretsUntil ?? 0) > Date.now();
  return { url, secrets: isOverlap ? [secret, ...previousSecrets.split(" ")] : [secret] };
}

async function isWhereItWas(
  { VIEWS }: ProcessorEnv,
  { position, positionEvent }: Subscription,
): Promise<boolean> {
  return positionEvent === null || (await readFeedEventId(VIEWS, position)) === positionEvent;
}

/**
 * Positions were given anew: what the old one said is lost. So the feed is gone over again from its start, but for what
 * is older than the time when this subscription last had everything. Some events are delivered again; none is left out.
 */
async function beginAnew({ OPERATIONS }: ProcessorEnv, subscription: Subscription): Promise<boolean> {
  const { id, position, caughtUpAt } = subscription;
  const notBefore = caughtUpAt === null ? 0 : caughtUpAt - OVERLAP_MS;
  await moveSubscription(OPERATIONS, subscription, {
    position: 0,
    positionEvent: null,
    caughtUpAt,
    notBefore,
  }).run();
  logLine("subscription begins anew", { subscription: id, position, notBefore });
  return true;
}

function tell(id: string, what: "waiting" | "feed", { deliveries, failures }: Course): void {
  if (deliveries + failures > 0) logLine("deliveries", { subscription: id, of: what, deliveries, failures });
}
