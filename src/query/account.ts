// One account: from the view, from its log where the view is behind, or from its log as it was at a version or a time.

import * as z from "zod";
import type { PastState } from "../account/account-log.ts";
import { reachLog } from "../account/reach-log.ts";
import { emptyAnswer, jsonAnswer } from "../http/answers.ts";
import { ProblemError } from "../http/app.ts";
import { parseEntityTags } from "../http/entity-tags.ts";
import { logFailure } from "../http/log-line.ts";
import { invalidRequest } from "../http/problems.ts";
import { accountHref, accountLinks, commandLinks, link, versionTag } from "../http/representations.ts";
import { readAccount, type ViewedAccount } from "../views/accounts-view.ts";
import type { QueryContext } from "./env.ts";
import { accountNotFound, versionNotFound } from "./not-found.ts";
import { knownToCaller, requireKnownLog } from "./own-account.ts";
import { readAccountNumber, readQuery, timeParameter, versionParameter } from "./parameters.ts";
import { FROM_LOG, FROM_VIEW, type ServedFrom } from "./served-from.ts";
import { viewedRepresentation } from "./viewed-account.ts";

/** An event that is older, and not in the view, is not on its way any more. */
const STALE_AFTER_MS = 30_000;

export const accountQuerySchema = z
  .strictObject({
    minVersion: versionParameter.optional(),
    version: versionParameter.optional(),
    at: timeParameter.optional(),
  })
  .superRefine((given, context) => {
    const [, ...others] = Object.keys(given);
    for (const name of others) {
      context.addIssue({ code: "custom", path: [name], message: "One of minVersion, version and at" });
    }
  });

export async function getAccount(context: QueryContext): Promise<Response> {
  const accountNumber = readAccountNumber(context);
  const { minVersion, version, at } = readQuery(context, accountQuerySchema);
  const { ACCOUNT_LOGS: logs, VIEWS: views } = context.env;

  if (version !== undefined || at !== undefined) await requireKnownLog(context, accountNumber);
  if (version !== undefined) {
    return pastResponse(await reachLog(logs, accountNumber, (log) => log.atVersion(version)));
  }
  if (at !== undefined) {
    return pastResponse(await reachLog(logs, accountNumber, (log) => log.atTime(at)));
  }
  const viewed = knownToCaller(context, await readAccount(views, accountNumber));
  if (minVersion === undefined || (viewed !== null && viewed.version >= minVersion)) {
    if (viewed === null) throw accountNotFound();
    return presentResponse(context, viewed, FROM_VIEW);
  }
  const logged = knownToCaller(context, await reachLog(logs, accountNumber, (log) => log.current()));
  if (logged === null) throw accountNotFound();
  if (logged.version < minVersion) throw versionNotFound(logged.version);
  if (logged.lastModified < Date.now() - STALE_AFTER_MS) await askForRepair(context, accountNumber);
  return presentResponse(context, logged, FROM_LOG);
}

/** A message that was lost must not leave a view stale for ever. The answer does not depend on it. */
async function askForRepair(context: QueryContext, accountNumber: string): Promise<void> {
  const traceId = context.get("traceId");
  if (!mayAsk(accountNumber, Date.now())) return;
  try {
    await context.env.ACCOUNT_REPAIRS.send({ accountNumber, traceId });
  } catch (error) {
    logFailure("repair not asked for", { traceId, accountNumber }, error);
  }
}

/** When each account's repair was last asked for here, in order of asking. A parked account is read more than once. */
const askedAt = new Map<string, number>();
const ASK_AGAIN_AFTER_MS = 60_000;
const MAX_REMEMBERED = 1_000;

function mayAsk(accountNumber: string, now: number): boolean {
  const last = askedAt.get(accountNumber);
  if (last !== undefined && now - last < ASK_AGAIN_AFTER_MS) return false;
  askedAt.delete(accountNumber);
  askedAt.set(accountNumber, now);
  const [oldest] = askedAt.keys();
  if (oldest !== undefined && askedAt.size > MAX_REMEMBERED) askedAt.delete(oldest);
  return true;
}

function presentResponse(context: QueryContext, account: ViewedAccount, servedFrom: ServedFrom): Response {
  const headers = {
    ...servedFrom,
    ETag: versionTag(account.version),
    "Cache-Control": "private, no-cache",
  };
  if (clientHas(context, account.version)) return emptyAnswer(304, headers);
  return jsonAnswer(viewedRepresentation(account), 200, headers);
}

/** By weak comparison (RFC 9110, 13.1.2). */
function clientHas(context: QueryContext, version: number): boolean {
  const header = context.req.header("If-None-Match");
  if (header === undefined) return false;
  const tags = parseEntityTags(header);
  if (tags === null) {
    const detail = "Entity tags in quotes, with commas between them, or *";
    throw new ProblemError(invalidRequest([{ header: "If-None-Match", detail }]));
  }
  return tags === "*" || tags.some(({ value }) => value === String(version));
}

/**
 * Commands meet the account as it is now, so only its newest state links those that are legal. That makes the links
 * change when the account moves on, so a state of the past has no entity tag.
 */
function pastResponse({ account, currentVersion }: PastState): Response {
  if (currentVersion === 0) throw accountNotFound();
  if (account === null) throw versionNotFound(currentVersion);
  const href = accountHref(account.accountNumber);
  const _links = {
    ...accountLinks(account),
    self: link(`${href}?version=${account.version}`),
    account: link(href),
    ...(account.version === currentVersion ? commandLinks(account) : {}),
  };
  return jsonAnswer({ ...account, _links }, 200, FROM_LOG);
}
