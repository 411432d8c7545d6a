// An account's log as its owner has it: a page of events, all to come, one event, and the commands that are legal now.

import * as z from "zod";
import { type LogSlice, MAX_LOG_SLICE } from "../account/account-log.ts";
import { accountNumberSchema } from "../account/commands.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { reachLog, readLog } from "../account/reach-log.ts";
import { jsonAnswer } from "../http/answers.ts";
import {
  accountHref,
  commandLinks,
  eventRepresentation,
  type LegalCommands,
  link,
} from "../http/representations.ts";
import { accountPart } from "../views/feed-hub.ts";
import type { QueryContext } from "./env.ts";
import { eventStream, wantsEventStream } from "./event-stream.ts";
import { accountNotFound, versionNotFound } from "./not-found.ts";
import { knownToCaller, requireKnownLog } from "./own-account.ts";
import { pageResponse } from "./page.ts";
import {
  afterParameter,
  limitParameter,
  noParameters,
  placeParameter,
  readAccountNumber,
  readPath,
  readQuery,
  versionParameter,
} from "./parameters.ts";
import { FROM_LOG } from "./served-from.ts";

const DEFAULT_EVENTS = 100;

export const logQuerySchema = z.strictObject({
  after: afterParameter,
  limit: limitParameter(MAX_LOG_SLICE, DEFAULT_EVENTS),
});

const streamSchema = z.strictObject({ after: placeParameter.optional() });

export const eventPathSchema = z.object({ accountNumber: accountNumberSchema, version: versionParameter });

export async function listEvents(context: QueryContext): Promise<Response> {
  const accountNumber = readAccountNumber(context);
  return wantsEventStream(context) ? followLog(context, accountNumber) : logPage(context, accountNumber);
}

async function logPage(context: QueryContext, accountNumber: string): Promise<Response> {
  const { after, limit } = readQuery(context, logQuerySchema);
  const { events, currentVersion } = await existingLog(context, accountNumber, after, limit);
  const last = events.at(-1);
  const more = last !== undefined && last.version < currentVersion;
  const next = more ? (["after", last.version] as const) : null;
  return pageResponse(context, events.map(eventRepresentation), next, FROM_LOG);
}

/** What is there comes from the log, what follows with the feed: an event that waits in front of the views waits here too. */
async function followLog(context: QueryContext, accountNumber: string): Promise<Response> {
  const { after } = readQuery(context, streamSchema);
  const itemOf = (event: RecordedAccountEvent) => ({
    place: event.version,
    shown: eventRepresentation(event),
  });
  return eventStream(
    context,
    {
      followed: accountPart(accountNumber),
      end: async () => (await existingLog(context, accountNumber, 0, 1)).currentVersion,
      read: async (version) => {
        const { events, currentVersion } = await existingLog(context, accountNumber, version, DEFAULT_EVENTS);
        const upTo = events.at(-1)?.version ?? version;
        return { items: events.map(itemOf), upTo, more: upTo < currentVersion };
      },
      itemOf: ({ event }) => itemOf(event),
    },
    after,
    FROM_LOG,
  );
}

/** Throws where there is no such account for the caller. */
async function existingLog(
  context: QueryContext,
  accountNumber: string,
  after: number,
  limit: number,
): Promise<LogSlice> {
  await requireKnownLog(context, accountNumber);
  const slice = await readLog(context.env.ACCOUNT_LOGS, accountNumber, after, limit);
  if (slice.currentVersion === 0) throw accountNotFound();
  return slice;
}

export async function getEvent(context: QueryContext): Promise<Response> {
  const { accountNumber, version } = readPath(context, eventPathSchema);
  readQuery(context, noParameters);
  const { events, currentVersion } = await existingLog(context, accountNumber, version - 1, 1);
  const [event] = events;
  if (event === undefined) throw versionNotFound(currentVersion);
  return jsonAnswer(eventRepresentation(event), 200, FROM_LOG);
}

export async function getLegalCommands(context: QueryContext): Promise<Response> {
  const accountNumber = readAccountNumber(context);
  readQuery(context, noParameters);
  const account = knownToCaller(
    context,
    await reachLog(context.env.ACCOUNT_LOGS, accountNumber, (log) => log.current()),
  );
  if (account === null) throw accountNotFound();
  const href = accountHref(accountNumber);
  const answer: LegalCommands = {
    accountNumber,
    version: account.version,
    _links: { self: link(`${href}/commands`), account: link(href), ...commandLinks(account) },
  };
  return jsonAnswer(answer, 200, FROM_LOG);
}
