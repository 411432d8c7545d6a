// The command routes: HTTP in, one command or many to the accounts' owners, what they came to out.

import type { Context, Hono } from "hono";
import type { Account } from "../account/account.ts";
import type { AccountLogs, CommandOutcome } from "../account/account-log.ts";
import { isTransitionName, type TransitionName } from "../account/commands.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { LogUnavailable } from "../account/reach-log.ts";
import type { UnpublishedObjects } from "../account/unpublished-accounts.ts";
import { jsonAnswer } from "../http/answers.ts";
import { allow, createApp, type HttpEnv, ProblemError } from "../http/app.ts";
import { type AuthenticationEnv, authenticate } from "../http/authentication.ts";
import { ARRAY_BODY_LIMIT_BYTES, BODY_LIMIT_BYTES, limitBody, readJson } from "../http/body.ts";
import { answerContract, CONTRACT_PATH } from "../http/contract-route.ts";
import { logFailure } from "../http/log-line.ts";
import {
  forbidden,
  type InvalidPart,
  invalidRequest,
  type Problem,
  problemBody,
  problemStatus,
  refusalProblem,
  UNAVAILABLE,
} from "../http/problems.ts";
import {
  accountHref,
  accountRepresentation,
  eventRepresentation,
  versionTag,
} from "../http/representations.ts";
import { ownerOf, requireScope } from "../http/scopes.ts";
import { address } from "./address.ts";
import { type AddressedCommand, dispatch } from "./dispatch.ts";
import { commandHealth } from "./health.ts";
import { type KnownUsersEnv, refuseUnknownUsers } from "./known-users.ts";
import {
  type AskedCommand,
  MAX_BULK_COMMANDS,
  type Parsed,
  parseCreate,
  parseHeaders,
  parseMember,
  parseTransition,
  unknownCommand,
} from "./requests.ts";

export interface CommandEnv extends AuthenticationEnv, KnownUsersEnv {
  readonly ACCOUNT_LOGS: AccountLogs;
  /** Asked for health alone. */
  readonly UNPUBLISHED: UnpublishedObjects;
}

type CommandContext = Context<HttpEnv<CommandEnv>>;

const maySend = requireScope("accounts:write", "accounts:self");

const COMMAND_PATH = "/v1/accounts/:accountNumber/commands/:command";

export function createCommandApp(): Hono<HttpEnv<CommandEnv>> {
  const app = createApp<CommandEnv>();
  app.use("/v1/*", authenticate);

  app.post("/v1/accounts", maySend, limitBody(BODY_LIMIT_BYTES), async (context) => {
    const headers = parseHeaders(context.req.raw.headers);
    return answerOne(context, parseCreate(await readObject(context.req.raw), headers));
  });
  app.all("/v1/accounts", allow("GET", "HEAD", "POST"));

  app.post(COMMAND_PATH, maySend, limitBody(BODY_LIMIT_BYTES), async (context) => {
    const { accountNumber, command } = context.req.param();
    const name = knownCommand(command);
    const headers = parseHeaders(context.req.raw.headers);
    return answerOne(
      context,
      parseTransition(accountNumber, name, await readObject(context.req.raw), headers),
    );
  });
  app.use(COMMAND_PATH, async (context, next) => {
    knownCommand(context.req.param("command"));
    await next();
  });
  app.all(COMMAND_PATH, allow("POST"));

  app.post("/v1/commands", maySend, limitBody(ARRAY_BODY_LIMIT_BYTES), async (context) => {
    for (const header of ["Idempotency-Key", "If-Match"]) {
      if (context.req.raw.headers.has(header)) {
        throw invalid({ header, detail: "Here it is a member of each command" });
      }
    }
    const body = await readJson(context.req.raw);
    if (typeof body !== "object" || body === null) {
      throw invalid({ pointer: "", detail: "A command, or an array of commands" });
    }
    const members: readonly unknown[] = Array.isArray(body) ? body : [body];
    if (members.length === 0 || members.length > MAX_BULK_COMMANDS) {
      throw invalid({ pointer: "", detail: `1 to ${MAX_BULK_COMMANDS} commands` });
    }
    return answerMany(context, members.map(parseMember));
  });
  app.all("/v1/commands", allow("POST"));

  app.get("/health", ({ env, var: { traceId } }) => commandHealth(traceId, env.UNPUBLISHED));
  app.get(
    CONTRACT_PATH,
    answerContract(() => import("./contract.ts")),
  );
  return app;
}

async function answerOne(context: CommandContext, asked: Parsed<AskedCommand>): Promise<Response> {
  const [reply] = await replies(context, [asked]);
  if (reply?.kind !== "accepted") throw new ProblemError(reply?.problem ?? UNAVAILABLE);
  const { account, created, replayed } = reply;
  return jsonAnswer(acceptedBody(reply), created ? 201 : 200, {
    ETag: versionTag(account.version),
    ...(created ? { Location: accountHref(account.accountNumber) } : {}),
    ...(replayed ? { "Idempotency-Replayed": "true" } : {}),
  });
}

async function answerMany(
  context: CommandContext,
  asked: readonly Parsed<AskedCommand>[],
): Promise<Response> {
  const outcomes = (await replies(context, asked)).map((reply) => {
    if (reply.kind === "problem") {
      const { problem } = reply;
      return { status: problemStatus(problem), problem: problemBody(problem, context.get("traceId")) };
    }
    const replayed = reply.replayed ? { replayed: true } : {};
    return { status: reply.created ? 201 : 200, ...acceptedBody(reply), ...replayed };
  });
  return jsonAnswer(outcomes);
}

/** What a command came to, for its caller. */
type Reply =
  | (Extract<CommandOutcome, { kind: "accepted" }> & { readonly created: boolean })
  | { readonly kind: "problem"; readonly problem: Problem };

/** One reply for each command asked for, in their order. */
async function replies(context: CommandContext, asked: readonly Parsed<AskedCommand>[]): Promise<Reply[]> {
  const traceId = context.get("traceId");
  const commands = await refuseUnknownUsers(
    context.env,
    await Promise.all(
      asked.map(async (parsed) => (parsed.ok ? await addressFor(context, parsed.value) : parsed.problem)),
    ),
  );
  const outcomes = await dispatch(
    context.env.ACCOUNT_LOGS,
    commands.filter((command) => "request" in command),
  );
  const replied = commands.map((command): Reply => {
    if (!("request" in command)) return { kind: "problem", problem: command };
    const outcome = outcomes.get(command);
    if (outcome === undefined || outcome instanceof LogUnavailable) {
      logFailure("unreachable log", { traceId, accountNumber: command.accountNumber }, outcome);
      return { kind: "problem", problem: UNAVAILABLE };
    }
    return replyOf(outcome, command.request.command.type === "create");
  });
  context.set("told", { commands: replied.map((reply, index) => logged(commands[index], reply)) });
  return replied;
}

/** What the log tells of a command: never what its body said. */
function logged(command: AddressedCommand | Problem | undefined, reply: Reply): object {
  const addressed = command !== undefined && "request" in command ? command : null;
  return {
    accountNumber: addressed?.accountNumber,
    command: addressed?.request.command.type,
    ...(reply.kind === "problem"
      ? { refused: reply.problem.code }
      : { versions: reply.events.map(({ version }) => version), replayed: reply.replayed }),
  };
}

function replyOf(outcome: CommandOutcome, created: boolean): Reply {
  switch (outcome.kind) {
    case "accepted":
      return { ...outcome, created };
    case "refused":
      return { kind: "problem", problem: refusalProblem(outcome.refusal) };
    case "idempotency-key-reused":
      return {
        kind: "problem",
        problem: { code: "idempotency-key-reused", detail: "This key came with another command before" },
      };
    default:
      return outcome satisfies never;
  }
}

/** A user opens accounts for itself alone. */
async function addressFor(context: CommandContext, asked: AskedCommand): Promise<AddressedCommand | Problem> {
  const owner = ownerOf(context);
  if (asked.command.type === "create" && owner !== null && asked.command.userId !== owner) {
    return forbidden("The account would be another user's", ["accounts:write"]);
  }
  const { subject: actor } = context.get("caller");
  return address(asked, { correlationId: context.get("traceId"), causationId: null, actor }, owner);
}

function acceptedBody({ account, events }: { account: Account; events: readonly RecordedAccountEvent[] }) {
  return { account: accountRepresentation(account), events: events.map(eventRepresentation) };
}

function knownCommand(name: string): TransitionName {
  if (!isTransitionName(name)) throw new ProblemError(unknownCommand(name));
  return name;
}

/** An absent body is an empty object. */
async function readObject(request: Request): Promise<unknown> {
  const body = await readJson(request);
  return body === undefined ? {} : body;
}

function invalid(part: InvalidPart): ProblemError {
  return new ProblemError(invalidRequest([part]));
}
