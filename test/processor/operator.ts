// What an operator does to the processing side in tests, and what happens to the views behind an operator's back.

import { env } from "cloudflare:test";
import { afterEach, beforeEach, expect, vi } from "vitest";
import worker from "../../src/processor/worker.ts";
import { readAccount } from "../../src/views/accounts-view.ts";
import { readFeed } from "../../src/views/feed.ts";
import { recordSends } from "../workerd/account-objects.ts";
import { CREATE, request, toggles } from "../workerd/commands.ts";
import { deliver } from "../workerd/queue.ts";
import { useEmptyViews } from "../workerd/views.ts";

const views = env.VIEWS;

/** What was sent to the repairs queue and not delivered yet. */
export const repairs: unknown[] = [];

/** Each test begins with empty databases, and with nothing in the queue. */
export function useOperations(): D1Database {
  beforeEach(() => {
    repairs.length = 0;
    vi.spyOn(console, "log").mockReturnValue();
  });
  afterEach(() => vi.restoreAllMocks());
  return useEmptyViews();
}

export const bindings = () => ({
  ...env,
  ACCOUNT_REPAIRS: Object.assign(Object.create(env.ACCOUNT_REPAIRS), {
    metrics: () => env.ACCOUNT_REPAIRS.metrics(),
    sendBatch: async (messages: Iterable<MessageSendRequest<unknown>>) => {
      repairs.push(...[...messages].map(({ body }) => body));
    },
  }),
});

export async function send(method: string, path: string, body?: unknown) {
  const response = await worker.fetch(
    new Request(`http://localhost${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
    }),
    bindings(),
  );
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body is the test's own claim
  const reply: any = await response.json();
  return { status: response.status, headers: response.headers, body: reply };
}

export const get = (path: string) => send("GET", path);
export const post = (path: string, body?: unknown) => send("POST", path, body);
export const deliverRepairs = () => deliver(repairs.splice(0), views, "account-repairs");

/** The same; answers how many queries it took, which D1 limits for each batch of messages (D1 documentation, "Limits"). */
export async function countQueriesOfRepairs(): Promise<number> {
  let queries = 0;
  const counting = (database: D1Database): D1Database =>
    Object.assign(Object.create(database), {
      prepare: (query: string) => {
        queries += 1;
        return database.prepare(query);
      },
      batch: (statements: D1PreparedStatement[]) => database.batch(statements),
    });
  const changed = { ...bindings(), VIEWS: counting(views), OPERATIONS: counting(env.OPERATIONS) };
  const { retried } = await deliver(repairs.splice(0), views, "account-repairs", changed);
  expect(retried).toEqual([]);
  return queries;
}

/** A verification to its end, as it is read then. */
export async function verify(body?: object) {
  const started = await post("/v1/operations/verifications", body);
  await deliverRepairs();
  return (await get(started.headers.get("Location") ?? "")).body;
}

export function hasRange(body: unknown): body is { readonly range: number } {
  return typeof body === "object" && body !== null && "range" in body;
}

/** The range that has every account. */
export const ALL = { after: "", upTo: null };

let accounts = 0;
const freshNumber = (): string => `OP-${++accounts}`;

/** An account's log with so many events, of which no message was sent. */
async function loggedAccount(count: number) {
  const { restore } = recordSends();
  const accountNumber = freshNumber();
  const log = env.ACCOUNT_LOGS.getByName(accountNumber);
  await log.execute([request(CREATE), ...toggles(count - 1)], false);
  const { events } = await log.events(0, 500);
  restore();
  return { accountNumber, events };
}

/** An account with so many events, all of them projected. */
export async function projectedAccount(count: number): Promise<string> {
  const { accountNumber, events } = await loggedAccount(count);
  await deliver([{ accountNumber, events }]);
  return accountNumber;
}

/** The same, each event in a chunk of its own. */
export async function projectedOneByOne(count: number): Promise<string> {
  const { accountNumber, events } = await loggedAccount(count);
  for (const event of events) await deliver([{ accountNumber, events: [event] }]);
  return accountNumber;
}

export async function expectProjected(...accountNumbers: string[]): Promise<void> {
  const { events } = await readFeed(views, 0, {}, 500);
  for (const accountNumber of accountNumbers) {
    const log = env.ACCOUNT_LOGS.getByName(accountNumber);
    // From the log, which some tests change behind the back of the object and its memory.
    const { account: current } = await log.atVersion((await log.events(0, 1)).currentVersion);
    expect(await readAccount(views, accountNumber)).toEqual(current);
    const own = events.filter(({ event }) => event.accountNumber === accountNumber);
    expect(own.map(({ event }) => event.version)).toEqual(
      Array.from({ length: current?.version ?? 0 }, (_, index) => index + 1),
    );
  }
  expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
}

export const hasRunOf = (accountNumber: string): string => `runs -> '$."${accountNumber}"' IS NOT NULL`;

/** Adds to the feed what nobody wrote in a log, with no row that knows of it. */
export async function forge(accountNumber: string, version: number): Promise<void> {
  await views
    .prepare(
      `INSERT INTO feed_chunks
       SELECT last_position + 1, last_position + 1, '[{"extra":1}]',
         json_object(?1, json_array(0, CAST(?2 AS INTEGER), 1, 0)), NULL,
         ACCOUNT_PENDING, ACCOUNT_CONFIRMED, ACCOUNT_ACTIVE, ACCOUNT_SUSPENDED, ACCOUNT_ARCHIVED, ACCOUNT_CLOSED
       FROM feed_chunks ORDER BY last_position DESC LIMIT 1`,
    )
    .bind(accountNumber, version)
    .run();
}

export async function loseViews(): Promise<void> {
  await views.batch(["accounts", "feed_chunks"].map((table) => views.prepare(`DELETE FROM ${table}`)));
}

export async function loseFeed(): Promise<void> {
  await views.prepare("DELETE FROM feed_chunks").run();
}
