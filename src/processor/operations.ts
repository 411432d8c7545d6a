// The operations routes: what an operator reads and starts, at three in the morning or before.

import type { Context, Hono } from "hono";
import type * as z from "zod";
import { accountNumberSchema } from "../account/commands.ts";
import { emptyAnswer, jsonAnswer } from "../http/answers.ts";
import { allow, createApp, type HttpEnv, ProblemError } from "../http/app.ts";
import { authenticate } from "../http/authentication.ts";
import { BODY_LIMIT_BYTES, limitBody, readJson } from "../http/body.ts";
import { answerContract, CONTRACT_PATH } from "../http/contract-route.ts";
import { answerHealth, answers } from "../http/health.ts";
import { invalidMembers } from "../http/invalid-parts.ts";
import { invalidRequest } from "../http/problems.ts";
import { link } from "../http/representations.ts";
import { requireScope } from "../http/scopes.ts";
import { announceGrowth } from "./announce-growth.ts";
import { readDifferences } from "./differences.ts";
import type { ProcessorEnv } from "./env.ts";
import { FUNCTIONS_HREF, readFunctionStatus } from "./function-status.ts";
import { INBOX_HREF } from "./inbox-href.ts";
import { addInboxRoutes, addSignedInboxRoute } from "./inbox-routes.ts";
import { getMap, MAP_HREF } from "./map.ts";
import {
  differencesQuerySchema,
  type operationsRootSchema,
  parkedQuerySchema,
  rebuildBodySchema,
  type replayedSchema,
  verificationBodySchema,
  walksQuerySchema,
} from "./operations-schemas.ts";
import { pageLinks, readQuery } from "./pages.ts";
import {
  countParked,
  discardKeptMessage,
  isParked,
  listParked,
  MESSAGES_HREF,
  PARKED_HREF,
  type parkedListSchema,
  readKeptMessage,
  replayAll,
} from "./parking.ts";
import { repairAndAnnounce } from "./repair-and-announce.ts";
import { readStatus, STATUS_PATH } from "./status.ts";
import {
  DIFFERENCES,
  type differencesPageSchema,
  WALK_PATHS,
  walkHref,
  walkListItem,
  walkRepresentation,
} from "./walk-representation.ts";
import { hasWalk, listWalks, readWalk, startWalk, type WalkKind } from "./walks.ts";

type OperationsContext = Context<HttpEnv<ProcessorEnv>>;

const ROOT: z.infer<typeof operationsRootSchema> = {
  _links: {
    self: link("/v1/operations"),
    status: link(STATUS_PATH),
    functions: link(FUNCTIONS_HREF),
    parked: link(PARKED_HREF),
    rebuilds: link(WALK_PATHS.rebuild),
    verifications: link(WALK_PATHS.verification),
    inbox: link(INBOX_HREF),
    subscriptions: link("/v1/subscriptions"),
  },
};

export function operationsRoutes(): Hono<HttpEnv<ProcessorEnv>> {
  const app = createApp<ProcessorEnv>();
  addSignedInboxRoute(app);

  app.use("/v1/*", authenticate);

  const mayOperate = requireScope("accounts:operate");
  const get = (path: string, answer: (context: OperationsContext) => Promise<Response>): void => {
    app.get(path, mayOperate, answer);
    app.all(path, allow("GET", "HEAD"));
  };
  const post = (path: string, answer: (context: OperationsContext) => Promise<Response>): void => {
    app.post(path, mayOperate, limitBody(BODY_LIMIT_BYTES), answer);
    app.all(path, allow("POST"));
  };

  get("/v1/operations", async () => jsonAnswer(ROOT));
  get(STATUS_PATH, async (context) => jsonAnswer(await readStatus(context.env)));
  get(FUNCTIONS_HREF, async (context) => jsonAnswer(await readFunctionStatus(context.env)));
  get(PARKED_HREF, answerParked);
  post(`${PARKED_HREF}/replay`, async (context) => jsonAnswer(await replayAll(context.env), 202));
  post(`${PARKED_HREF}/:accountNumber/replay`, replayOne);
  app.get(`${MESSAGES_HREF}/:id`, mayOperate, getMessage);
  app.delete(`${MESSAGES_HREF}/:id`, mayOperate, discardMessage);
  app.all(`${MESSAGES_HREF}/:id`, allow("GET", "HEAD", "DELETE"));
  const walks = (kind: WalkKind, bodySchema: z.ZodType<{ repair?: boolean }>): void => {
    const path = WALK_PATHS[kind];
    app.get(path, mayOperate, (context) => answerWalks(context, kind));
    app.post(path, mayOperate, limitBody(BODY_LIMIT_BYTES), (context) => start(context, kind, bodySchema));
    app.all(path, allow("GET", "HEAD", "POST"));
  };
  walks("rebuild", rebuildBodySchema);
  walks("verification", verificationBodySchema);
  get(`${WALK_PATHS.rebuild}/:id`, (context) => answerWalk(context, "rebuild"));
  get(`${WALK_PATHS.verification}/:id`, (context) => answerWalk(context, "verification"));
  get(`${WALK_PATHS.rebuild}/:id/${DIFFERENCES}`, (context) => answerDifferences(context, "rebuild"));
  get(`${WALK_PATHS.verification}/:id/${DIFFERENCES}`, (context) =>
    answerDifferences(context, "verification"),
  );
  addInboxRoutes(app);
  get(MAP_HREF, getMap);
  app.get("/health", async ({ env, var: { traceId } }) =>
    answerHealth(traceId, {
      "the views database": answers(() => env.VIEWS.prepare("SELECT 1 FROM accounts LIMIT 1").first()),
      "the operations database": answers(() =>
        env.OPERATIONS.prepare("SELECT 1 FROM directory LIMIT 1").first(),
      ),
    }),
  );
  app.get(
    CONTRACT_PATH,
    answerContract(() => import("./contract.ts")),
  );
  app.get("/asyncapi.json", async () => jsonAnswer((await import("./events-contract.ts")).eventsContract));
  return app;
}

async function answerParked(context: OperationsContext): Promise<Response> {
  const { OPERATIONS } = context.env;
  const { cursor, ...filter } = readQuery(context, parkedQuerySchema);
  const { items, next } = await listParked(OPERATIONS, filter, cursor);
  const answer: z.infer<typeof parkedListSchema> = {
    items: [...items],
    total: await countParked(OPERATIONS, filter),
    _links: { ...pageLinks(context, next), replay: link(`${PARKED_HREF}/replay`) },
  };
  return jsonAnswer(answer);
}

async function replayOne(context: OperationsContext): Promise<Response> {
  const accountNumber = accountNumberSchema.safeParse(context.req.param("accountNumber"));
  if (!accountNumber.success || !(await isParked(context.env.OPERATIONS, accountNumber.data))) {
    throw new ProblemError({ code: "not-found", detail: "No account of this number is parked" });
  }
  const { version, parked } = await repairAndAnnounce(
    context.env,
    accountNumber.data,
    context.get("traceId"),
  );
  await announceGrowth(context.env);
  const answer: z.infer<typeof replayedSchema> = {
    accountNumber: accountNumber.data,
    version,
    parked: parked !== null,
  };
  return jsonAnswer(answer);
}

async function getMessage(context: OperationsContext): Promise<Response> {
  const message = await readKeptMessage(context.env.OPERATIONS, context.req.param("id") ?? "");
  if (message === null) throw noSuchMessage();
  return jsonAnswer(message);
}

async function discardMessage(context: OperationsContext): Promise<Response> {
  if (!(await discardKeptMessage(context.env.OPERATIONS, context.req.param("id") ?? "")))
    throw noSuchMessage();
  return emptyAnswer(204);
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
  if (walk === null) throw new Error(`The walk ${id} is gone as soon as it started`);
  return jsonAnswer(walkRepresentation(walk), 202, {
    Location: walkHref(kind, id),
  });
}

async function answerWalks(context: OperationsContext, kind: WalkKind): Promise<Response> {
  const { cursor } = readQuery(context, walksQuerySchema);
  const { walks, next } = await listWalks(context.env.OPERATIONS, kind, cursor);
  return jsonAnswer({ items: walks.map(walkListItem), _links: pageLinks(context, next) });
}

async function answerWalk(context: OperationsContext, kind: WalkKind): Promise<Response> {
  const walk = await readWalk(context.env.OPERATIONS, kind, context.req.param("id") ?? "");
  if (walk === null) throw noSuchWalk(kind);
  return jsonAnswer(walkRepresentation(walk));
}

async function answerDifferences(context: OperationsContext, kind: WalkKind): Promise<Response> {
  const { cursor } = readQuery(context, differencesQuerySchema);
  const id = context.req.param("id") ?? "";
  if (!(await hasWalk(context.env.OPERATIONS, kind, id))) throw noSuchWalk(kind);
  const { differences, next } = await readDifferences(context.env.OPERATIONS, id, cursor);
  const answer: z.infer<typeof differencesPageSchema> = {
    items: [...differences],
    _links: pageLinks(context, next),
  };
  return jsonAnswer(answer);
}

function noSuchWalk(kind: WalkKind): ProblemError {
  return new ProblemError({ code: "not-found", detail: `There is no such ${kind}` });
}
