// How an account, an event and a page look to a client: the domain's names, and HAL links.

import type { Account } from "../account/account.ts";
import { legalCommands } from "../account/decide.ts";
import type { RecordedAccountEvent } from "../account/events.ts";

export interface Link {
  readonly href: string;
}
export type Links = Readonly<Record<string, Link>>;

export const link = (href: string): Link => ({ href });

export const accountHref = (accountNumber: string): string => `/v1/accounts/${accountNumber}`;
const userAccountsHref = (userId: number): string => `/v1/users/${userId}/accounts`;

/** One link for each command that is legal now, under the command's name. */
export function commandLinks(account: Account): Links {
  const href = accountHref(account.accountNumber);
  return Object.fromEntries(legalCommands(account).map((name) => [name, link(`${href}/commands/${name}`)]));
}

/** What every state of an account links, the past ones too. */
export function accountLinks({ accountNumber, userId }: Account): Links {
  const href = accountHref(accountNumber);
  return {
    self: link(href),
    events: link(`${href}/events`),
    commands: link(`${href}/commands`),
    owner: link(userAccountsHref(userId)),
  };
}

export function accountRepresentation(account: Account) {
  return { ...account, _links: { ...accountLinks(account), ...commandLinks(account) } };
}

/** The number of the stored shape stays inside: `data` is in the shape of today. */
export function eventRepresentation({ schema: _, ...event }: RecordedAccountEvent) {
  const href = accountHref(event.accountNumber);
  return { ...event, _links: { self: link(`${href}/events/${event.version}`), account: link(href) } };
}

/** A strong entity tag: what is shown of an account follows from its state, which a version names for ever. */
export const versionTag = (version: number): string => `"${version}"`;
