// A client of a few accounts that keeps a journal: one command at a time, most of them legal, most with a key.

import type { Account } from "../../src/account/account.ts";
import { TRANSITION_NAMES } from "../../src/account/commands.ts";
import { legalCommands } from "../../src/account/decide.ts";
import type { RecordedAccountEvent } from "../../src/account/events.ts";
import { evolve } from "../../src/account/evolve.ts";
import { fold } from "../../src/event-sourcing/decider.ts";
import { acceptedSchema, eventPageSchema } from "./answers.ts";
import { compare, type Entry, type Findings, type Sent, type Told } from "./journal.ts";
import type { Random } from "./random.ts";

const KEYED_SHARE = 0.7;
const LEGAL_SHARE = 0.9;
const REPLY_LIMIT_MS = 30_000;
const MAX_ATTEMPTS = 10;
const RETRY_AFTER_MS = 500;
const PAGE = 500;

export interface AccountLog {
  readonly accountNumber: string;
  readonly events: readonly RecordedAccountEvent[];
}

export class JournalClient {
  readonly entries: Entry[] = [];
  /** Why a system that ran again did not answer at once. */
  readonly unansweredWhileRunning: string[] = [];
  readonly #accounts: Map<string, Account | null>;
  readonly #random: Random;
  readonly #findings: Findings;
  /** Without an answer and without a key: what came of them was looked up once. */
  readonly #settled = new Set<Entry>();
  /** Commands that got no answer when they were first sent. */
  unanswered = 0;
  unansweredButApplied = 0;
  /** Those with a key, sent again after the restart. */
  sentAgain = 0;

  constructor(accountNumbers: readonly string[], random: Random, findings: Findings) {
    this.#accounts = new Map(accountNumbers.map((accountNumber) => [accountNumber, null]));
    this.#random = random;
    this.#findings = findings;
  }

  /** Commands one after the other, until one gets no answer. */
  async work(url: string): Promise<void> {
    for (;;) {
      const [accountNumber, account] = this.#random.pick([...this.#accounts]);
      const told = await this.send(url, accountNumber, this.#command(account));
      if (told.kind === "unknown") return;
      if (told.kind === "accepted") this.#accounts.set(accountNumber, told.account);
    }
  }

  async send(url: string, accountNumber: string, command: string): Promise<Told> {
    const entry: Entry = {
      accountNumber,
      command,
      body: command === "create" ? { accountNumber, userId: this.#random.integer(1, 9) } : {},
      key: this.#random.chance(KEYED_SHARE) ? this.#random.hex(16) : null,
      traceId: this.#random.hex(32),
      told: { kind: "unknown", reason: "under way" },
    };
    this.entries.push(entry);
    entry.told = await post(url, entry);
    if (entry.told.kind === "unknown") this.unanswered += 1;
    return entry.told;
  }

  /** Closes every account, so that each has one event more. */
  async finish(url: string): Promise<void> {
    for (const [accountNumber, account] of this.#accounts) {
      if (account === null) await this.send(url, accountNumber, "create");
      const told = await this.send(url, accountNumber, "close");
      if (told.kind !== "accepted") throw new Error(`${accountNumber} closes: ${JSON.stringify(told)}`);
    }
  }

  /** After a restart: the logs hold what was told, and each key that got no answer gets one now. Answers the logs. */
  async reconcile(url: string): Promise<AccountLog[]> {
    const logs: AccountLog[] = [];
    const byAccount = Map.groupBy(this.entries, (entry) => entry.accountNumber);
    for (const accountNumber of this.#accounts.keys()) {
      const entries = byAccount.get(accountNumber) ?? [];
      const found = await readLog(url, accountNumber);
      compare(accountNumber, entries, found, this.#findings);
      for (const entry of entries) {
        if (entry.told.kind === "unknown" && !this.#settled.has(entry)) await this.#settle(url, entry, found);
      }
      await this.#replayOne(url, entries);

      const events = await readLog(url, accountNumber);
      compare(accountNumber, entries, events, this.#findings);
      logs.push({ accountNumber, events });
      this.#accounts.set(accountNumber, foldedLog(events));
    }
    return logs;
  }

  #command(account: Account | null): string {
    if (account === null) return "create";
    // A closed account would take no further part.
    const names = this.#random.chance(LEGAL_SHARE) ? legalCommands(account) : TRANSITION_NAMES;
    return this.#random.pick(names.filter((name) => name !== "close"));
  }

  async #settle(url: string, entry: Entry, log: readonly RecordedAccountEvent[]): Promise<void> {
    const written = log.find(({ metadata }) => metadata.correlationId === entry.traceId);
    if (written !== undefined) this.unansweredButApplied += 1;
    this.#settled.add(entry);
    if (entry.key === null) return;
    this.sentAgain += 1;
    const failuresBefore = this.unansweredWhileRunning.length;
    const first = await this.#sendUntilAnswered(url, entry);
    const retried = this.unansweredWhileRunning.length > failuresBefore;
    if (!isConsistent(first, written, retried)) {
      const { accountNumber, command, traceId } = entry;
      const what = `${accountNumber} ${command} (${traceId})`;
      this.#findings.other.push(`${what}: in the log as ${written?.id}, answered ${JSON.stringify(first)}`);
    }
    entry.told = first;
    await this.#replay(url, entry);
  }

  /** With a key that is safe, as often as it takes. */
  async #sendUntilAnswered(url: string, entry: Entry): Promise<Told> {
    for (let attempt = 1; ; attempt++) {
      const told = await post(url, entry);
      if (told.kind !== "unknown" || attempt === MAX_ATTEMPTS) return told;
      this.unansweredWhileRunning.push(told.reason);
      await new Promise((wake) => setTimeout(wake, RETRY_AFTER_MS));
    }
  }

  /** A key of long ago is still known. */
  async #replayOne(url: string, entries: readonly Entry[]): Promise<void> {
    const keyed = entries.filter(({ key, told }) => key !== null && told.kind === "accepted");
    if (keyed.length > 0) await this.#replay(url, this.#random.pick(keyed));
  }

  async #replay(url: string, entry: Entry): Promise<void> {
    if (entry.told.kind !== "accepted") return;
    const again = await this.#sendUntilAnswered(url, entry);
    if (!isReplayOf(again, entry.told.event)) {
      this.#findings.other.push(
        `${entry.told.event.id} by key ${entry.key}: answered ${JSON.stringify(again)}`,
      );
    }
  }
}

/** What a key sent again is answered, where the log held `written` of it before. */
function isConsistent(told: Told, written: RecordedAccountEvent | undefined, retried: boolean): boolean {
  if (written !== undefined) return isReplayOf(told, written);
  return told.kind === "refused" || (told.kind === "accepted" && (retried || !told.replayed));
}

function isReplayOf(told: Told, event: RecordedAccountEvent): boolean {
  return told.kind === "accepted" && told.replayed && told.event.id === event.id;
}

async function post(url: string, sent: Sent): Promise<Told> {
  const answer = await answerOf(url, sent);
  if (typeof answer === "string") return { kind: "unknown", reason: answer };
  const { status, reply, replayed } = answer;
  if (status >= 500) return { kind: "unknown", reason: `${status} ${JSON.stringify(reply)}` };
  if (status >= 400) return { kind: "refused", code: `${status} ${JSON.stringify(reply)}` };
  const {
    account,
    events: [event],
  } = acceptedSchema.parse(reply);
  return { kind: "accepted", account, event, replayed };
}

/** Why there is none, where the connection breaks before the whole answer is there. */
async function answerOf(
  url: string,
  { accountNumber, command, body, key, traceId }: Sent,
): Promise<{ status: number; reply: unknown; replayed: boolean } | string> {
  const path = command === "create" ? "/v1/accounts" : `/v1/accounts/${accountNumber}/commands/${command}`;
  try {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        traceparent: `00-${traceId}-${traceId.slice(0, 15)}1-01`,
        ...(key === null ? {} : { "Idempotency-Key": key }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REPLY_LIMIT_MS),
    });
    const { status, headers } = response;
    return { status, reply: await response.json(), replayed: headers.has("Idempotency-Replayed") };
  } catch (error) {
    return error instanceof Error ? `${error.message}: ${error.cause ?? ""}` : String(error);
  }
}

export function foldedLog(events: readonly RecordedAccountEvent[]): Account | null {
  return fold<Account | null, RecordedAccountEvent>(evolve, null, events);
}

function readLog(url: string, accountNumber: string): Promise<RecordedAccountEvent[]> {
  return readEvents(url, `/v1/accounts/${accountNumber}/events?limit=${PAGE}`);
}

/** All pages of a list of events; none where there is no such account. */
export async function readEvents(url: string, path: string): Promise<RecordedAccountEvent[]> {
  const events: RecordedAccountEvent[] = [];
  let next: string | undefined = path;
  while (next !== undefined) {
    const response: Response = await fetch(`${url}${next}`);
    if (response.status === 404) return [];
    const { items, _links } = eventPageSchema.parse(await response.json());
    events.push(...items);
    next = _links.next?.href;
  }
  return events;
}
