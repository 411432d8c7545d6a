// `npm run demo`: one account's life against a running `npm start`, told for someone who has never seen CQRS.

import { randomInt } from "node:crypto";
import * as z from "zod";
import { checkUrl, readOptions, urlOption } from "./command-line.ts";
import { check, DemoClient } from "./demo-client.ts";

const USAGE = "Usage: npm run demo -- [--url http://localhost:8787]";
/** How long the view may take to catch up, and how often the demo looks. */
const CATCH_UP_LIMIT_MS = 30_000;
const POLL_MS = 20;
/** The feed's largest page, and how many of its last events are shown. */
const FEED_PAGE = 500;
const FEED_SHOWN = 5;

const event = z.object({ id: z.string(), type: z.string(), version: z.int() });
const account = z.object({ status: z.string(), defaultAccount: z.boolean(), version: z.int() });
const accepted = z.object({ account, events: z.array(event) });
const problem = z.object({ code: z.string(), title: z.string(), detail: z.string() });
const log = z.object({ items: z.array(event) });
const feed = z.object({ items: z.array(event.extend({ position: z.int() })) });
const totals = z.object({ totals: z.record(z.string(), z.int()), accounts: z.int() });

type Account = z.output<typeof account>;
type Accepted = z.output<typeof accepted>;

const { values } = readOptions({ options: { url: urlOption } }, USAGE);
const url = checkUrl(values.url, USAGE);
const client = new DemoClient(url);
const accountNumber = `demo-${randomInt(1_000_000_000)}`;
/** Nobody's yet, so that no other account is this user's default. */
const userId = randomInt(1, 2 ** 47);
const accountPath = `/v1/accounts/${accountNumber}`;
let steps = 0;

await open();
await becomeActive();
await live();
await refuse();
const { version, acknowledgedAt } = await sendTwice();
await readOwnWrite(version);
await awaitView(version, acknowledgedAt);
await readLog(version);
await travel();
await readFeed();
await readTotals();
await close();
console.log(`\nThat was all. The account stays: ${url}${accountPath}`);

async function open(): Promise<void> {
  step(
    "Open an account. A command asks for a change; what it changed is recorded as an event, here the first.",
  );
  const members = { userId, accountNumber };
  const { body } = await client.request("POST", "/v1/accounts", { status: 201, body: accepted, members });
  tellAccepted(body, "ACCOUNT_PENDING", 1);
}

async function becomeActive(): Promise<void> {
  step(
    "Wait until it is active. A function reacts to the first event with a command, to the event of that with another.",
  );
  const path = `${accountPath}?minVersion=1`;
  const { body, elapsedMs } = await until(path, ({ status }) => status === "ACCOUNT_ACTIVE");
  check(body.version === 3, `the account is at version ${body.version}, not 3`);
  tellAccount(body);
  tell(`it took about ${elapsedMs} ms, and no command of ours`);
}

async function live(): Promise<void> {
  step("Take it through its life. Each accepted command adds one event, and the version counts the events.");
  await command("make-default", "ACCOUNT_ACTIVE", 4);
  await command("suspend", "ACCOUNT_SUSPENDED", 5, { reason: "a card was reported stolen" });
  await command("activate", "ACCOUNT_ACTIVE", 6);
}

async function refuse(): Promise<void> {
  step("Ask for what the rules forbid: an active account was confirmed long ago. A refusal records nothing.");
  const { body } = await client.request("POST", `${accountPath}/commands/confirm`, {
    status: 409,
    body: problem,
  });
  tell(`409 ${body.code}: ${body.title}. ${body.detail}`);
}

async function sendTwice(): Promise<{ version: number; acknowledgedAt: number }> {
  step(
    "Send one command twice, as a client does that lost the reply. The key makes it one event, and one answer.",
  );
  const key = `demo-${randomInt(1_000_000_000)}`;
  const request = { status: 200, body: accepted, headers: { "Idempotency-Key": key } };
  const first = await client.request("POST", `${accountPath}/commands/clear-default`, request);
  const acknowledgedAt = performance.now();
  tellAccepted(first.body, "ACCOUNT_ACTIVE", 7);
  const second = await client.request("POST", `${accountPath}/commands/clear-default`, request);
  tellAccepted(second.body, "ACCOUNT_ACTIVE", 7);
  const replayed = second.headers.get("Idempotency-Replayed");
  check(replayed === "true", "the second reply is not marked as a replay");
  tell(`Idempotency-Replayed: ${replayed}`);
  return { version: first.body.account.version, acknowledgedAt };
}

async function readOwnWrite(version: number): Promise<void> {
  step(
    "Read at once. Reads have a copy of their own, the view, which follows the log; minVersion says how new is new enough.",
  );
  const path = `${accountPath}?minVersion=${version}`;
  const { body, headers } = await client.request("GET", path, { status: 200, body: account });
  check(body.version >= version, `version ${body.version} is older than what was asked for`);
  tellAccount(body);
  const source = headers.get("Served-From");
  tell(
    `Served-From: ${source} (${source === "log" ? "the view was behind, so the log itself answered" : "the view had caught up already"})`,
  );
}

async function awaitView(version: number, acknowledgedAt: number): Promise<void> {
  step("Read the view alone, until it has caught up with the log.");
  const { body } = await until(accountPath, (shown) => shown.version === version);
  tellAccount(body);
  tell(
    `it took at most ${Math.round(performance.now() - acknowledgedAt)} ms from the command's acknowledgement`,
  );
}

/** Reads the account until it is as expected. While the first event is on its way, the view does not know it. */
async function until(
  path: string,
  isExpected: (body: Account) => boolean,
): Promise<{ readonly body: Account; readonly elapsedMs: number }> {
  const startedAt = performance.now();
  const expected = { status: [200, 404], body: z.union([account, problem]) };
  for (let quiet = false; ; quiet = true) {
    const { body } = await client.request("GET", path, { ...expected, quiet });
    const elapsedMs = Math.round(performance.now() - startedAt);
    if ("version" in body && isExpected(body)) return { body, elapsedMs };
    check(elapsedMs < CATCH_UP_LIMIT_MS, `after ${elapsedMs} ms the answer is ${JSON.stringify(body)}`);
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
}

async function readLog(version: number): Promise<void> {
  step("Read the log: what the account is comes from nothing but these events, in this order.");
  const { body } = await client.request("GET", `${accountPath}/events`, { status: 200, body: log });
  check(body.items.length === version, `the log has ${body.items.length} events, not ${version}`);
  for (const recorded of body.items) tell(`${recorded.version}  ${recorded.type}`);
}

async function travel(): Promise<void> {
  step("Travel in time: the same events, folded only as far as version 2.");
  const { body } = await client.request("GET", `${accountPath}?version=2`, { status: 200, body: account });
  check(body.version === 2 && body.status === "ACCOUNT_CONFIRMED", `version 2 is ${JSON.stringify(body)}`);
  tellAccount(body);
}

async function readFeed(): Promise<void> {
  step("Read the feed: the events of all accounts in one order. These are the last of them.");
  const last: z.output<typeof feed>["items"] = [];
  for (let after = 0, quiet = false; ; quiet = true) {
    const path = `/v1/feed?after=${after}&limit=${FEED_PAGE}`;
    const { items } = (await client.request("GET", path, { status: 200, body: feed, quiet })).body;
    last.push(...items);
    last.splice(0, last.length - FEED_SHOWN);
    if (items.length < FEED_PAGE) break;
    after = items.at(-1)?.position ?? after;
  }
  for (const { position, type, id } of last) tell(`${position}  ${type}  ${id}`);
}

async function readTotals(): Promise<void> {
  step("Read the totals: another view of the same events, made for another question.");
  const { body } = await client.request("GET", "/v1/status-totals", { status: 200, body: totals });
  check((body.totals.ACCOUNT_ACTIVE ?? 0) >= 1, "this account is active, and the totals count none");
  for (const [status, count] of Object.entries(body.totals)) tell(`${count}  ${status}`);
}

async function close(): Promise<void> {
  step("Close the account. That is final, but nothing is forgotten: its log can still be read.");
  await command("close", "ACCOUNT_CLOSED", 8, { reason: "the demo is over" });
}

async function command(
  name: string,
  status: string,
  version: number,
  members?: { reason: string },
): Promise<void> {
  const path = `${accountPath}/commands/${name}`;
  const request = { status: 200, body: accepted, ...(members === undefined ? {} : { members }) };
  tellAccepted((await client.request("POST", path, request)).body, status, version);
}

function tellAccepted(reply: Accepted, status: string, version: number): void {
  check(reply.account.status === status, `the account is ${reply.account.status}, not ${status}`);
  check(
    reply.account.version === version,
    `the account is at version ${reply.account.version}, not ${version}`,
  );
  check(reply.events.length === 1, `${reply.events.length} events were recorded, not 1`);
  tellAccount(reply.account, reply.events[0]?.type);
}

function tellAccount({ version, status, defaultAccount }: Account, recorded?: string): void {
  const parts = [recorded, `version ${version}`, status, ...(defaultAccount ? ["default account"] : [])];
  tell(parts.filter((part) => part !== undefined).join(", "));
}

function step(text: string): void {
  steps += 1;
  console.log(`\n${steps}. ${text}`);
}

function tell(text: string): void {
  console.log(`   → ${text}`);
}
