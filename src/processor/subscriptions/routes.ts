// The subscription routes: who is to be told of events, how each is doing, and what is parked for it.

import { waitUntil } from "cloudflare:workers";
import type { Context, Hono } from "hono";
import * as z from "zod";
import { emptyAnswer, jsonAnswer } from "../../http/answers.ts";
import { allow, type HttpEnv, ProblemError } from "../../http/app.ts";
import { isOpen } from "../../http/authentication.ts";
import { BODY_LIMIT_BYTES, limitBody, readJson } from "../../http/body.ts";
import { invalidMembers } from "../../http/invalid-parts.ts";
import { invalidRequest } from "../../http/problems.ts";
import { link } from "../../http/representations.ts";
import { requireScope } from "../../http/scopes.ts";
import { generateSecret } from "../../http/standard-webhooks.ts";
import { readFeedEventId, readFeedHead } from "../../views/feed.ts";
import type { ProcessorEnv } from "../env.ts";
import {
  type createdSubscriptionSchema,
  newSubscriptionSchema,
  parkedRepresentation,
  type secretSchema,
  subscriptionHref,
  subscriptionRepresentation,
} from "./representations.ts";
import {
  deleteSubscription,
  insertSubscription,
  listSubscriptions,
  MAX_SUBSCRIPTIONS,
  readSubscription,
  replaceSecret,
  resume,
  type Subscription,
} from "./subscriptions.ts";
import { countWaiting, hurryWaiting, isAccountParked, listParkedAccounts, replayWaiting } from "./waiting.ts";
import { beginFollowing } from "./wake.ts";

type SubscriptionContext = Context<HttpEnv<ProcessorEnv>>;

/** A receiver has a day to learn its new secret. */
const SECRET_OVERLAP_MS = 24 * 3_600_000;

const PATH = "/v1/subscriptions";

export function addSubscriptionRoutes(app: Hono<HttpEnv<ProcessorEnv>>): Hono<HttpEnv<ProcessorEnv>> {
  const mayOperate = requireScope("accounts:operate");
  const body = limitBody(BODY_LIMIT_BYTES);
  app.get(PATH, mayOperate, list);
  app.post(PATH, mayOperate, body, subscribe);
  app.all(PATH, allow("GET", "HEAD", "POST"));
  app.get(`${PATH}/:id`, mayOperate, answerOne);
  app.delete(`${PATH}/:id`, mayOperate, unsubscribe);
  app.all(`${PATH}/:id`, allow("GET", "HEAD", "DELETE"));
  app.post(`${PATH}/:id/secret`, mayOperate, body, rotateSecret);
  app.all(`${PATH}/:id/secret`, allow("POST"));
  app.get(`${PATH}/:id/parked`, mayOperate, listParked);
  app.all(`${PATH}/:id/parked`, allow("GET", "HEAD"));
  app.post(`${PATH}/:id/parked/replay`, mayOperate, body, replayAll);
  app.all(`${PATH}/:id/parked/replay`, allow("POST"));
  app.post(`${PATH}/:id/parked/:accountNumber/replay`, mayOperate, body, replayOne);
  app.all(`${PATH}/:id/parked/:accountNumber/replay`, allow("POST"));
  return app;
}

async function list({ env }: SubscriptionContext): Promise<Response> {
  const [subscriptions, head, waiting] = await Promise.all([
    listSubscriptions(env.OPERATIONS),
    readFeedHead(env.VIEWS),
    countWaiting(env.OPERATIONS),
  ]);
  const items = subscriptions.map((each) => subscriptionRepresentation(each, head, waiting.get(each.id)));
  return jsonAnswer({ items, _links: { self: link(PATH) } });
}

async function subscribe(context: SubscriptionContext): Promise<Response> {
  const { OPERATIONS, VIEWS } = context.env;
  // In local development receivers may be on this machine.
  const {
    url,
    types = null,
    after,
  } = await readBody(context, newSubscriptionSchema(isOpen(context.env, context.req.url)));
  const head = await readFeedHead(VIEWS);
  if (after !== undefined && after > head) {
    throw new ProblemError(invalidRequest([{ pointer: "/after", detail: `The feed ends at ${head}` }]));
  }
  const position = after ?? head;
  const createdAt = Date.now();
  const id = crypto.randomUUID();
  const secret = generateSecret();
  const subscription = await insertSubscription(OPERATIONS, {
    id,
    url,
    types,
    secret,
    createdAt,
    position,
    positionEvent: await readFeedEventId(VIEWS, position),
    caughtUpAt: after === undefined ? createdAt : null,
  });
  if (subscription === null) {
    throw new ProblemError({
      code: "too-many-subscriptions",
      detail: `There are ${MAX_SUBSCRIPTIONS}: delete one that nobody needs`,
    });
  }
  // Nothing that could fail or take long is between the secret and whoever is told it this once.
  waitUntil(beginFollowing(context.env, id, position));
  const created: z.infer<typeof createdSubscriptionSchema> = {
    ...subscriptionRepresentation(subscription, head),
    secret,
  };
  return jsonAnswer(created, 201, { Location: subscriptionHref(id) });
}

async function answerOne(context: SubscriptionContext): Promise<Response> {
  const { OPERATIONS, VIEWS } = context.env;
  const subscription = await find(context);
  const [head, waiting] = await Promise.all([readFeedHead(VIEWS), countWaiting(OPERATIONS)]);
  return jsonAnswer(subscriptionRepresentation(subscription, head, waiting.get(subscription.id)));
}

/** Its object needs no word: it finds nothing the next time it looks. */
async function unsubscribe(context: SubscriptionContext): Promise<Response> {
  if (!(await deleteSubscription(context.env.OPERATIONS, idOf(context)))) throw notFound();
  return emptyAnswer(204);
}

async function rotateSecret(context: SubscriptionContext): Promise<Response> {
  await readBody(context, z.strictObject({}));
  const id = idOf(context);
  const secret = generateSecret();
  const now = Date.now();
  const previousSecretUntil = now + SECRET_OVERLAP_MS;
  if (!(await replaceSecret(context.env.OPERATIONS, id, secret, now, previousSecretUntil))) throw notFound();
  const rotated: z.infer<typeof secretSchema> = {
    id,
    secret,
    previousSecretUntil,
    _links: { subscription: link(subscriptionHref(id)) },
  };
  return jsonAnswer(rotated);
}

async function listParked(context: SubscriptionContext): Promise<Response> {
  const { id } = await find(context);
  const parked = await listParkedAccounts(context.env.OPERATIONS, id);
  return jsonAnswer({
    items: parked.map((account) => parkedRepresentation(id, account)),
    _links: { self: link(`${subscriptionHref(id)}/parked`), subscription: link(subscriptionHref(id)) },
  });
}

/** Also wakes a subscription that is parked as a whole, or rests: whoever asks knows that its receiver is back. */
async function replayAll(context: SubscriptionContext): Promise<Response> {
  await readBody(context, z.strictObject({}));
  const { id } = await findLasting(context);
  const { OPERATIONS, SUBSCRIPTIONS } = context.env;
  const now = Date.now();
  const [replayed] = await OPERATIONS.batch([
    replayWaiting(OPERATIONS, id, null, now),
    hurryWaiting(OPERATIONS, id, now),
    resume(OPERATIONS, id),
  ]);
  await SUBSCRIPTIONS.getByName(id).wake();
  return jsonAnswer({ replaying: replayed?.meta.changes ?? 0 }, 202);
}

/** Wakes it likewise: else nothing would be delivered. Where it is awake, no other account is tried any sooner. */
async function replayOne(context: SubscriptionContext): Promise<Response> {
  await readBody(context, z.strictObject({}));
  const { id, state, restsUntil } = await findLasting(context);
  const { OPERATIONS, SUBSCRIPTIONS } = context.env;
  const accountNumber = context.req.param("accountNumber") ?? "";
  if (!(await isAccountParked(OPERATIONS, id, accountNumber))) {
    throw new ProblemError({ code: "not-found", detail: "No account of this number is parked here" });
  }
  const now = Date.now();
  const isAwake = state === "active" && restsUntil === null;
  await OPERATIONS.batch([
    replayWaiting(OPERATIONS, id, accountNumber, now),
    ...(isAwake ? [] : [hurryWaiting(OPERATIONS, id, now), resume(OPERATIONS, id)]),
  ]);
  await SUBSCRIPTIONS.getByName(id).wake();
  return jsonAnswer({ replaying: 1 }, 202);
}

async function readBody<Schema extends z.ZodType>(
  context: SubscriptionContext,
  schema: Schema,
): Promise<z.output<Schema>> {
  const body = await readJson(context.req.raw);
  const asked = schema.safeParse(body === undefined ? {} : body);
  if (!asked.success) throw new ProblemError(invalidRequest(invalidMembers(asked.error)));
  return asked.data;
}

const idOf = (context: SubscriptionContext): string => context.req.param("id") ?? "";

async function find(context: SubscriptionContext): Promise<Subscription> {
  const subscription = await readSubscription(context.env.OPERATIONS, idOf(context));
  if (subscription === null) throw notFound();
  return subscription;
}

/** One that still delivers, or will again. */
async function findLasting(context: SubscriptionContext): Promise<Subscription> {
  const subscription = await find(context);
  if (subscription.state !== "gone") return subscription;
  throw new ProblemError({
    code: "subscription-gone",
    detail: "Its receiver answered 410 and is sent nothing more: subscribe anew, and delete this one",
  });
}

function notFound(): ProblemError {
  return new ProblemError({ code: "not-found", detail: "There is no such subscription" });
}
