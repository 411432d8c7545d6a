// The inbox routes: other services bring their events, and an operator sees what became of them.

import type { Context, Hono } from "hono";
import { jsonAnswer } from "../http/answers.ts";
import { allow, type HttpEnv, ProblemError } from "../http/app.ts";
import { refuse } from "../http/authentication.ts";
import { ARRAY_BODY_LIMIT_BYTES, BODY_LIMIT_BYTES, limitBody } from "../http/body.ts";
import { invalidParameters } from "../http/invalid-parts.ts";
import { logFailure } from "../http/log-line.ts";
import { type InvalidPart, invalidRequest, unauthenticated } from "../http/problems.ts";
import { link } from "../http/representations.ts";
import { requireScope } from "../http/scopes.ts";
import { isSigned } from "../http/standard-webhooks.ts";
import { type ReceivedEvents, readCloudEvents } from "./cloud-events.ts";
import type { ProcessorEnv } from "./env.ts";
import { listInbox, readInboxEvent, replayAllParked, replayEvent, sendDue, storeEvents } from "./inbox.ts";
import { INBOX_HREF } from "./inbox-href.ts";
import {
  type InboxList,
  inboxQuerySchema,
  inboxRepresentation,
  type ShownInboxEvent,
} from "./inbox-representation.ts";
import { userIdOf, userStateOf } from "./user-events.ts";

type InboxContext = Context<HttpEnv<ProcessorEnv>>;

/**
 * Comes before whatever asks who the caller is: who signs needs no token, since the signature says that a service sent
 * this which has one of our secrets, where any are set. A signature that does not hold is refused, whoever the caller may be otherwise.
 */
export function addSignedInboxRoute(app: Hono<HttpEnv<ProcessorEnv>>): void {
  app.post(INBOX_HREF, limitBody(ARRAY_BODY_LIMIT_BYTES), async (context, next) => {
    const secrets = secretsOf(context.env);
    if (secrets.length === 0 || !context.req.raw.headers.has("webhook-signature")) return next();
    await checkSignature(context, secrets);
    return receive(context);
  });
}

/** For callers who are known otherwise. */
export function addInboxRoutes(app: Hono<HttpEnv<ProcessorEnv>>): void {
  const maySend = requireScope("inbox:write");
  const mayOperate = requireScope("accounts:operate");
  app.post(INBOX_HREF, maySend, limitBody(ARRAY_BODY_LIMIT_BYTES), receive);
  app.get(INBOX_HREF, mayOperate, list);
  app.all(INBOX_HREF, allow("GET", "HEAD", "POST"));

  app.post(`${INBOX_HREF}/replay`, mayOperate, limitBody(BODY_LIMIT_BYTES), async (context) =>
    jsonAnswer({ replaying: await replayAllParked(context.env) }, 202),
  );
  app.all(`${INBOX_HREF}/replay`, allow("POST"));

  app.get(`${INBOX_HREF}/:number`, mayOperate, readOne);
  app.all(`${INBOX_HREF}/:number`, allow("GET", "HEAD"));

  app.post(`${INBOX_HREF}/:number/replay`, mayOperate, limitBody(BODY_LIMIT_BYTES), replayOne);
  app.all(`${INBOX_HREF}/:number/replay`, allow("POST"));
}

/** 202: everything is stored, and is handled soon, whatever becomes of this Worker. */
async function receive(context: InboxContext): Promise<Response> {
  const { env, req } = context;
  const received = readCloudEvents(req.raw.headers, await req.arrayBuffer());
  checkUsers(env, received);
  const stored = await storeEvents(env.OPERATIONS, received.events, context.get("traceId"), Date.now());
  // What is not sent now is seen to by the clock: the answer does not depend on it, nor waits for what others left.
  await sendDue(env, 1).catch((error) =>
    logFailure("inbox waits for the next attempt", { traceId: context.get("traceId") }, error),
  );
  context.set("told", { events: stored.map(({ number }) => number) });
  return jsonAnswer({ items: stored.map(inboxRepresentation) }, 202);
}

function secretsOf({ INBOX_SECRETS = "" }: ProcessorEnv): string[] {
  return INBOX_SECRETS.split(/[\s,]+/).filter((secret) => secret !== "");
}

async function checkSignature(context: InboxContext, secrets: readonly string[]): Promise<void> {
  const { req } = context;
  const body = new Uint8Array(await req.arrayBuffer());
  if (await isSigned(secrets, req.raw.headers, body, Date.now())) return;
  // Signatures have no scheme of their own that a challenge could name, and a token lets in as well.
  await refuse(context, {
    ...unauthenticated(null),
    detail: "The signature does not hold: another secret, another body, or a time too far from now",
  });
}

/** Whoever sends a user event that names no user is to know it at once. */
function checkUsers(env: ProcessorEnv, { events, locate }: ReceivedEvents): void {
  const errors = events.flatMap((event, index): InvalidPart[] => {
    if (userStateOf(env, event) === null) return [];
    const userId = userIdOf(event);
    return typeof userId === "number" ? [] : [locate(index, userId)];
  });
  if (errors.length > 0) throw new ProblemError(invalidRequest(errors));
}

async function list(context: InboxContext): Promise<Response> {
  const query = inboxQuerySchema.safeParse(context.req.query());
  if (!query.success) throw new ProblemError(invalidRequest(invalidParameters(query.error)));
  const { state } = query.data;
  const events = await listInbox(context.env.OPERATIONS, state ?? null);
  const answer: InboxList = {
    items: events.map(inboxRepresentation),
    _links: {
      self: link(state === undefined ? INBOX_HREF : `${INBOX_HREF}?state=${state}`),
      replay: link(`${INBOX_HREF}/replay`),
    },
  };
  return jsonAnswer(answer);
}

async function readOne(context: InboxContext): Promise<Response> {
  const found = await readInboxEvent(context.env.OPERATIONS, numberOf(context));
  if (found === null) throw notThere();
  const answer: ShownInboxEvent = { ...inboxRepresentation(found), event: found.event };
  return jsonAnswer(answer);
}

async function replayOne(context: InboxContext): Promise<Response> {
  const number = numberOf(context);
  if (!(await replayEvent(context.env, number))) throw notThere();
  return jsonAnswer({ replaying: 1 }, 202);
}

function numberOf(context: InboxContext): number {
  const text = context.req.param("number") ?? "";
  if (!/^[1-9]\d{0,14}$/.test(text)) throw notThere();
  return Number(text);
}

function notThere(): ProblemError {
  return new ProblemError({ code: "not-found", detail: "The inbox has no such event" });
}
