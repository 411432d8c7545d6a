// The operations routes: what an operator reads and starts, at three in the morning or before.

import type { Context, Hono } from "hono";
import * as z from "zod";
import { accountNumberSchema } from "../account/commands.ts";
import { allow, createApp, type HttpEnv, ProblemError } from "../http/app.ts";
import { BODY_LIMIT_BYTES, limitBody, readJson } from "../http/body.ts";
import { answerHealth } from "../http/health.ts";
import { invalidMembers } from "../http/invalid-parts.ts";
import { invalidRequest } from "../http/problems.ts";
import { link } from "../http/representations.ts";
import { announceGrowth } from "./announce-growth.ts";
import type { ProcessorEnv } from "./env.ts";
import { INBOX_HREF } from "./inbox-href.ts";
import { addInboxRoutes, addSignedInboxRoute } from "./inbox-routes.ts";
import { discardKeptMessage, isParked, listParked, readKeptMessage, replayAll } from "./parking.ts";
import { repairOrPark } from "./repair-or-park.ts";
import { readStatus } from "./status.ts";
import { readWalk, startWalk, type Walk, type WalkKind } from "./walks.ts";

type OperationsContext = Context<HttpEnv<ProcessorEnv>>;

const PATHS: Readonly<Record<WalkKind, string>> = {
  rebuild: "/v1/operations/rebuilds",
  verification: "/v1/operations/verifications",
};

const ROOT = {
  _links: {
    self: link("/v1/operations"),
    status: link("/v1/operations/status"),
    parked: link("/v1/operations/parked"),
    rebuilds: link(PATHS.rebuild),
    verifications: link(PATHS.verification),
    inbox: link(INBOX_HREF),
  },
};

export function operationsRoutes(): Hono<HttpEnv<ProcessorEnv>> {
  const app = createApp<ProcessorEnv>();
  app.use(async (context, next) => {
    await next();
    context.header("Cache-Control", "no-store");
  });
  addSignedInboxRoute(app);

  const get = (path: string, answer: (context: OperationsContext) => Promise<Response>): void => {
    app.get(path, answer);
    app.all(path, allow("GET", "HEAD"));
  };
  const post = (path: string, answer: (context: OperationsContext) => Promise<Response>): void => {
    app.post(path, limitBody(BODY_LIMIT_BYTES), answer);
    app.all(path, allow("POST"));
  };

  get("/v1/operations", async (context) => context.json(ROOT));
  get("/v1/operations/status", async (context) => context.json(await readStatus(context.env)));
  get("/v1/operations/parked", async (context) => context.json(await listParked(context.env.OPERATIONS)));
  post("/v1/operations/parked/replay", async (context) => context.json(await replayAll(context.env), 202));
  post("/v1/operations/parked/:accountNumber/replay", replayOne);
  app.get("/v1/operations/messages/:id", getMessage);
  app.delete("/v1/operations/messages/:id", discardMessage);
  app.all("/v1/operations/messages/:id", allow("GET", "HEAD", "DELETE"));
  post(PATHS.rebuild, (context) => start(context, "rebuild", z.strictObject({})));
  post(PATHS.verification, (context) => start(context, "verification", verificationSchema));
  get(`${PATHS.rebuild}/:id`, (context) => answerWalk(context, "rebuild"));
  get(`${PATHS.verification}/:id`, (context) => answerWalk(context, "verification"));
  addInboxRoutes(app);
  get("/health", async ({ env, var: { traceId } }) =>
    answerHealth(traceId, {
      "the views database": () => env.VIEWS.prepare("SELECT id FROM status_totals").first(),
      "the operations database": () => env.OPERATIONS.prepare("SELECT 1 FROM directory LIMIT 1").first(),
    }),
  );
  return app;
}

const verificationSchema = z.strictObject({ repair: z.boolean().default(false) });

async function replayOne(context: OperationsContext): Promise<Response> {
  const accountNumber = accountNumberSchema.safeParse(context.req.param("accountNumber"));
  if (!accountNumber.success || !(await isParked(context.env.OPERATIONS, accountNumber.data))) {
    throw new ProblemError({ code: "not-found", detail: "No account of this number is parked" });
  }
  const { version, parked } = await repairOrPark(context.env, accountNumber.data, {
    from: "checkpoint",
    traceId: context.get("traceId"),
  });
  announceGrowth(context.env);
  return context.json({ accountNumber: accountNumber.data, version, parked: parked !== null });
}

async function getMessage(context: OperationsContext): Promise<Response> {
  const message = await readKeptMessage(context.env.OPERATIONS, context.req.param("id") ?? "");
  if (message === null) throw noSuchMessage();
  return context.json(message);
}

async function discardMessage(context: OperationsContext): Promise<Response> {
  if (!(await discardKeptMessage(context.env.OPERATIONS, context.req.param("id") ?? "")))
    throw noSuchMessage();
  return context.body(null, 204);
}

function noSuchMessage(): ProblemError {
  return new ProblemError({ code: "not-found", detail: "No message of this id is kept" });
}

/** 202: the walk goes on by itself, and its address says how far it is. */
async function start(
  context: OperationsContext,
  kind: WalkKind,
  schema: z.ZodType<{ repair?: boolean }>,
): Promise<Response> {
  const body = await readJson(context.req.raw);
  const asked = schema.safeParse(body === undefined ? {} : body);
  if (!asked.success) throw new ProblemError(invalidRequest(invalidMembers(asked.error)));
  const id = await startWalk(context.env, kind, kind === "rebuild" || asked.data.repair === true);
  const walk = await readWalk(context.env.OPERATIONS, kind, id);
  return context.json(walk === null ? { id } : representation(walk), 202, {
    Location: `${PATHS[kind]}/${id}`,
  });
}

async function answerWalk(context: OperationsContext, kind: WalkKind): Promise<Response> {
  const walk = await readWalk(context.env.OPERATIONS, kind, context.req.param("id") ?? "");
  if (walk === null) throw new ProblemError({ code: "not-found", detail: `There is no such ${kind}` });
  return context.json(representation(walk));
}

function representation(walk: Walk) {
  const { kind, mends, finishedAt, ...members } = walk;
  const seconds = Math.max(((finishedAt ?? Date.now()) - walk.startedAt) / 1000, 0.001);
  const perSecond = walk.done / seconds;
  return {
    ...members,
    finishedAt,
    status: finishedAt === null ? "running" : "done",
    eventsPerSecond: Math.round(walk.events / seconds),
    secondsLeft: walk.done === 0 ? null : Math.round((walk.total - walk.done) / perSecond),
    ...(kind === "verification" ? { repair: mends } : {}),
    _links: { self: link(`${PATHS[kind]}/${walk.id}`) },
  };
}
