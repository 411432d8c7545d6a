// What the command Worker answers, described for its clients. A new command is described by what it is made of.

import * as z from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import {
  accountNumberSchema,
  createSchema,
  TRANSITION_NAMES,
  TRANSITION_SCHEMAS,
  type TransitionName,
} from "../account/commands.ts";
import {
  answer,
  BODY_PROBLEMS,
  describePart,
  HEADERS,
  jsonBody,
  LOCATION,
  operation,
  optionalJsonBody,
  REPLAYED,
} from "../http/contract.ts";
import { anyProblemSchema, pascalCase } from "../http/problem-schemas.ts";
import type { ProblemCode } from "../http/problems.ts";
import { acceptedSchema } from "../http/representations.ts";
import { createdNumberSchema, idempotencyKeySchema, MAX_BULK_COMMANDS, memberSchema } from "./requests.ts";

const headersSchema = z.object({
  "Idempotency-Key": idempotencyKeySchema.optional().meta({
    param: { id: "IdempotencyKey" },
    description:
      "Sent again to the same account with the same command, it gives the first reply again and writes nothing, for as long as the log exists. " +
      "A refusal is not remembered: the same command is decided anew. What else the request expects, as in If-Match, is not part of it",
    examples: ["4cd2c1f0-1f5e-4a54-9d1e-6f7d3b0b6d1c"],
  }),
  "If-Match": z
    .string()
    .optional()
    .meta({
      param: { id: "IfMatch" },
      description:
        "Entity tags: the versions at which the account may be; `*` is any of an account that exists",
      examples: ['"3"'],
    }),
});

const CREATE_REFUSALS = [
  "account-already-exists",
  "version-mismatch",
  "idempotency-key-reused",
  "unknown-user",
] as const satisfies readonly ProblemCode[];

const TRANSITION_REFUSALS = [
  "account-not-found",
  "version-mismatch",
  "account-closed",
  "already-in-state",
  "illegal-transition",
  "idempotency-key-reused",
] as const satisfies readonly ProblemCode[];

const createBodySchema = z
  .strictObject({ ...createdNumberSchema.shape, ...createSchema.in.shape })
  .meta({ id: "CreateAccount", description: "Without an account number, the service generates one" });

const memberSchemas = [
  z
    .strictObject({ ...memberSchema.shape, command: z.literal("create"), ...createSchema.in.shape })
    .meta({ id: "CreateCommand" }),
  ...TRANSITION_NAMES.map((name) =>
    z
      .strictObject({
        ...memberSchema.shape,
        command: z.literal(name),
        accountNumber: accountNumberSchema,
        ...TRANSITION_SCHEMAS[name].in.shape,
      })
      .meta({ id: `${pascalCase(name)}Command` }),
  ),
] as const;

const commandSchema = z.discriminatedUnion("command", memberSchemas).meta({ id: "Command" });

const outcomeSchema = z
  .union([
    z.object({
      status: z.union([z.literal(200), z.literal(201)]),
      ...acceptedSchema.shape,
      replayed: z.literal(true).optional(),
    }),
    z.object({
      status: z.int(),
      problem: anyProblemSchema([
        "invalid-request",
        "not-found",
        "forbidden",
        ...CREATE_REFUSALS,
        ...TRANSITION_REFUSALS,
        "unavailable",
      ]),
    }),
  ])
  .meta({ id: "Outcome" });

const { ETag, "Cache-Control": cacheControl } = HEADERS;

const paths: ZodOpenApiPathsObject = {
  "/v1/accounts": {
    post: operation({
      id: "createAccount",
      tag: "Commands",
      summary: "Open an account",
      description:
        "Records `ACCOUNT_CREATED`. `If-Match` is always refused here: there is no version to match.",
      scope: "write",
      headers: headersSchema,
      body: jsonBody(createBodySchema, { userId: 1, accountNumber: "123456" }),
      answers: {
        201: answer("The account is open", acceptedSchema, {
          ETag,
          Location: LOCATION,
          "Idempotency-Replayed": REPLAYED,
          "Cache-Control": cacheControl,
        }),
      },
      problems: [...BODY_PROBLEMS, ...CREATE_REFUSALS],
    }),
  },
  ...Object.fromEntries(
    TRANSITION_NAMES.map((name) => [`/v1/accounts/{accountNumber}/commands/${name}`, transition(name)]),
  ),
  "/v1/commands": {
    post: operation({
      id: "sendCommands",
      tag: "Commands",
      summary: `Send 1 to ${MAX_BULK_COMMANDS} commands at once`,
      description:
        "Commands for one account run in the order given, different accounts side by side. A command that is refused or malformed is its own outcome, in the place of the command, and stops nothing else. Keys and expected versions are members here; the headers are refused.",
      scope: "write",
      body: jsonBody(z.union([commandSchema, z.array(commandSchema).min(1).max(MAX_BULK_COMMANDS)]), [
        { command: "create", userId: 1, accountNumber: "123456" },
        { command: "confirm", accountNumber: "123456", expectedVersion: 1 },
      ]),
      answers: {
        200: answer("One outcome for each command, in their order", z.array(outcomeSchema), {
          "Cache-Control": cacheControl,
        }),
      },
      problems: BODY_PROBLEMS,
    }),
  },
};

function transition(name: TransitionName) {
  const body = TRANSITION_SCHEMAS[name];
  return {
    post: operation({
      id: `${name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Account`,
      tag: "Commands",
      summary: pascalCase(name).replace(/(?!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
      description: `The command \`${name}\`. A repeated one has no second effect: it is refused with \`already-in-state\`, or with its key answered as the first time.`,
      scope: "write",
      path: z.object({ accountNumber: accountNumberSchema }),
      headers: headersSchema,
      body: optionalJsonBody(body, "reason" in body.in.shape ? { reason: "chargeback" } : {}),
      answers: {
        200: answer("The command is recorded", acceptedSchema, {
          ETag,
          "Idempotency-Replayed": REPLAYED,
          "Cache-Control": cacheControl,
        }),
      },
      problems: [...BODY_PROBLEMS, ...TRANSITION_REFUSALS],
    }),
  };
}

export const contract = describePart(paths);
