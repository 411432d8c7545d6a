// An account's log as its owner has it: a page of events, one event, and the commands that are legal after them all.

import * as z from "zod";
import { MAX_LOG_SLICE } from "../account/account-log.ts";
import { accountNumberSchema } from "../account/commands.ts";
import { reachLog } from "../account/reach-log.ts";
import {
  accountHref,
  commandLinks,
  eventRepresentation,
  type LegalCommands,
  link,
} from "../http/representations.ts";
import type { QueryContext } from "./env.ts";
import { accountNotFound, versionNotFound } from "./not-found.ts";
import { pageResponse } from "./page.ts";
import {
  afterParameter,
  limitParameter,
  noParameters,
  readAccountNumber,
  readPath,
  readQuery,
  versionParameter,
} from "./parameters.ts";

const DEFAULT_EVENTS = 100;

export const logQuerySchema = z.strictObject({
  after: afterParameter,
  limit: limitParameter(MAX_LOG_SLICE, DEFAULT_EVENTS),
});

export const eventPathSchema = z.object({ accountNumber: accountNumberSchema, version: versionParameter });

export async function listEvents(context: QueryContext): Promise<Response> {
  const accountNumber = readAccountNumber(context);
  const { after, limit } = readQuery(context, logQuerySchema);
  const { events, currentVersion } = await reachLog(context.env.ACCOUNT_LOGS, accountNumber, (log) =>
    log.events(after, limit),
  );
  if (currentVersion === 0) throw accountNotFound();
  const last = events.at(-1);
  const more = last !== undefined && last.version < currentVersion;
  context.header("Served-From", "log");
  return pageResponse(context, events.map(eventRepresentation), more ? ["after", last.version] : null);
}

export async function getEvent(context: QueryContext): Promise<Response> {
  const { accountNumber, version } = readPath(context, eventPathSchema);
  readQuery(context, noParameters);
  const { events, currentVersion } = await reachLog(context.env.ACCOUNT_LOGS, accountNumber, (log) =>
    log.events(version - 1, 1),
  );
  if (currentVersion === 0) throw accountNotFound();
  const [event] = events;
  if (event === undefined) throw versionNotFound(currentVersion);
  context.header("Served-From", "log");
  return context.json(eventRepresentation(event));
}

export async function getLegalCommands(context: QueryContext): Promise<Response> {
  const accountNumber = readAccountNumber(context);
  readQuery(context, noParameters);
  const account = await reachLog(context.env.ACCOUNT_LOGS, accountNumber, (log) => log.current());
  if (account === null) throw accountNotFound();
  const href = accountHref(accountNumber);
  context.header("Served-From", "log");
  const answer: LegalCommands = {
    accountNumber,
    version: account.version,
    _links: { self: link(`${href}/commands`), account: link(href), ...commandLinks(account) },
  };
  return context.json(answer);
}
