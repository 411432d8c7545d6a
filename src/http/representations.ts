// How an account, an event and a page look to a client: the domain's names, and HAL links.

import * as z from "zod";
import { type Account, type AccountStatus, accountSchema } from "../account/account.ts";
import { accountNumberSchema } from "../account/commands.ts";
import { legalCommands } from "../account/decide.ts";
import { type RecordedAccountEvent, recordedEventMembers } from "../account/events.ts";

export const linkSchema = z.object({ href: z.string() }).meta({ id: "Link" });

type Link = z.infer<typeof linkSchema>;
export type Links = Readonly<Record<string, Link>>;

export const link = (href: string): Link => ({ href });

export const accountHref = (accountNumber: string): string => `/v1/accounts/${accountNumber}`;
const userAccountsHref = (userId: number): string => `/v1/users/${userId}/accounts`;

/** One link for each command that is legal now, under the command's name. */
export function commandLinks(account: Account): Links {
  const href = accountHref(account.accountNumber);
  const links: Record<string, Link> = {};
  for (const name of legalCommands(account)) links[name] = link(`${href}/commands/${name}`);
  return links;
}

/** What every state of an account links, the past ones too. */
export function accountLinks({ accountNumber, userId }: Pick<Account, "accountNumber" | "userId">) {
  const href = accountHref(accountNumber);
  return {
    self: link(href),
    events: link(`${href}/events`),
    commands: link(`${href}/commands`),
    owner: link(userAccountsHref(userId)),
  };
}

const ACCOUNT_EXAMPLE = {
  createdAt: 1481351048967,
  lastModified: 1481353397395,
  userId: 1,
  accountNumber: "123456",
  defaultAccount: true,
  status: "ACCOUNT_SUSPENDED",
  version: 4,
  _links: {
    self: { href: "/v1/accounts/123456" },
    events: { href: "/v1/accounts/123456/events" },
    commands: { href: "/v1/accounts/123456/commands" },
    owner: { href: "/v1/users/1/accounts" },
    activate: { href: "/v1/accounts/123456/commands/activate" },
    close: { href: "/v1/accounts/123456/commands/close" },
    "clear-default": { href: "/v1/accounts/123456/commands/clear-default" },
  },
};

const EVENT_EXAMPLE = {
  id: "123456:4",
  createdAt: 1481353397395,
  lastModified: 1481353397395,
  type: "ACCOUNT_SUSPENDED",
  accountNumber: "123456",
  version: 4,
  data: { reason: "chargeback" },
  metadata: {
    commandId: "4cd2c1f0-1f5e-4a54-9d1e-6f7d3b0b6d1c",
    correlationId: "4bf92f3577b34da6a3ce929d0e0e4736",
    causationId: null,
    actor: "operator",
  },
  _links: { self: { href: "/v1/accounts/123456/events/4" }, account: { href: "/v1/accounts/123456" } },
};

const accountLinksSchema = z
  .object({ self: linkSchema, events: linkSchema, commands: linkSchema, owner: linkSchema })
  .catchall(linkSchema)
  .describe("Each command that is legal now is linked, too, under its name");

export const accountRepresentationSchema = accountSchema
  .extend({ _links: accountLinksSchema })
  .meta({ id: "Account", examples: [ACCOUNT_EXAMPLE] });

export type AccountRepresentation = z.infer<typeof accountRepresentationSchema>;

export function accountRepresentation(account: Account): AccountRepresentation {
  return { ...account, _links: { ...accountLinks(account), ...commandLinks(account) } };
}

const { schema: _schema, metadata, ...eventMembers } = recordedEventMembers.shape;

export const eventRepresentationSchema = z
  .object({
    ...eventMembers,
    metadata: z.object(metadata.shape),
    _links: z.object({ self: linkSchema, account: linkSchema }),
  })
  .meta({ id: "Event", examples: [EVENT_EXAMPLE] });

export type EventRepresentation = z.infer<typeof eventRepresentationSchema>;

/** The number of the stored shape stays inside: `data` is in the shape of today. */
export function eventRepresentation({ schema: _, ...event }: RecordedAccountEvent): EventRepresentation {
  const href = accountHref(event.accountNumber);
  return { ...event, _links: { self: link(`${href}/events/${event.version}`), account: link(href) } };
}

/** A strong entity tag: what is shown of an account follows from its state, which a version names for ever. */
export const versionTag = (version: number): string => `"${version}"`;

/** What an accepted command answers: the account right after it, and the events that it wrote. */
export const acceptedSchema = z
  .object({ account: accountRepresentationSchema, events: z.array(eventRepresentationSchema) })
  .meta({ id: "Accepted" });

export type Accepted = z.infer<typeof acceptedSchema>;

export function pageSchema<Item extends z.ZodType>(item: Item) {
  const next = linkSchema.optional().describe("Absent on the last page");
  return z.object({ items: z.array(item), _links: z.object({ self: linkSchema, next }) });
}

export const feedItemSchema = eventRepresentationSchema
  .extend({ position: z.int().positive().describe("1, 2, 3 … without gaps over all accounts") })
  .meta({ id: "FeedItem" });

export type FeedItem = z.infer<typeof feedItemSchema>;

const count = z.int().nonnegative();

export const statusTotalsSchema = z
  .object({
    totals: z
      .object({
        ACCOUNT_PENDING: count,
        ACCOUNT_CONFIRMED: count,
        ACCOUNT_ACTIVE: count,
        ACCOUNT_SUSPENDED: count,
        ACCOUNT_ARCHIVED: count,
        ACCOUNT_CLOSED: count,
      } satisfies Record<AccountStatus, z.ZodType>)
      .describe("Every status, zeros too"),
    accounts: count.describe("Their sum"),
    _links: z.object({ self: linkSchema }),
  })
  .meta({ id: "StatusTotals" });

export type StatusTotals = z.infer<typeof statusTotalsSchema>;

export const legalCommandsSchema = z
  .object({
    accountNumber: accountNumberSchema,
    version: z.int().positive(),
    _links: z
      .object({ self: linkSchema, account: linkSchema })
      .catchall(linkSchema)
      .describe("Each command that is legal now is linked, under its name"),
  })
  .meta({ id: "LegalCommands" });

export type LegalCommands = z.infer<typeof legalCommandsSchema>;
