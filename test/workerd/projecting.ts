// Accounts whose events wait to be projected, and what the views have to be once they are.

import { env } from "cloudflare:test";
import { expect } from "vitest";
import type { RecordedAccountEvent } from "../../src/account/events.ts";
import type { EventsMessage } from "../../src/account/events-message.ts";
import { readAccount } from "../../src/views/accounts-view.ts";
import { readFeed } from "../../src/views/feed.ts";
import { recordSends } from "./account-objects.ts";
import { CREATE, request, toggles } from "./commands.ts";
import { freshNumber } from "./reacting.ts";

/** An account with so many events in its log, none of them delivered yet. */
export async function account(
  count: number,
): Promise<{ accountNumber: string; events: RecordedAccountEvent[] }> {
  const { restore } = recordSends();
  const accountNumber = freshNumber();
  const log = env.ACCOUNT_LOGS.getByName(accountNumber);
  await log.execute([request(CREATE), ...toggles(count - 1)], false);
  const events: RecordedAccountEvent[] = [];
  while (events.length < count) events.push(...(await log.events(events.length, 500)).events);
  restore();
  return { accountNumber, events };
}

export function message(events: readonly RecordedAccountEvent[]): EventsMessage {
  return { accountNumber: events[0]?.accountNumber ?? "", events: [...events] };
}

export const each = (events: readonly RecordedAccountEvent[]): EventsMessage[] =>
  events.map((event) => message([event]));

export async function feedIds(): Promise<string[]> {
  const ids: string[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page = await readFeed(env.VIEWS, after, {}, 500);
    ids.push(...page.events.map(({ event }) => event.id));
    after = page.next;
  }
  return ids;
}

/** The view is the fold of the log, and the feed has each of its events once, in order. */
export async function expectProjected(accountNumber: string): Promise<void> {
  const current = await env.ACCOUNT_LOGS.getByName(accountNumber).current();
  expect(await readAccount(env.VIEWS, accountNumber)).toEqual(current);
  const own = (await feedIds()).filter((id) => id.startsWith(`${accountNumber}:`));
  expect(own).toEqual(
    Array.from({ length: current?.version ?? 0 }, (_, index) => `${accountNumber}:${index + 1}`),
  );
}
