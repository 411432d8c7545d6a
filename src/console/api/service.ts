// The public API, as the console speaks with it: the typed client, and by link whatever the client has no method for.

import { signal } from "@preact/signals";
import { TributaryClient } from "../../client/client.ts";
import type { Problem, Result } from "../../client/problem.ts";
import { type ClientOptions, Transport } from "../../client/transport.ts";
import type { operations } from "./contract.d.ts";
import { sendSigned } from "./send-signed.ts";

/** Somebody waits in front of a screen: better to say soon that there is no answer, and go on trying later. */
const MAX_ATTEMPTS = 3;

const OPTIONS: ClientOptions = { url: location.origin, maxAttempts: MAX_ATTEMPTS, fetch: sendSigned };

export const client = new TributaryClient(OPTIONS);
const transport = new Transport(OPTIONS);

/** The service asks who comes, or does not know yet who may. */
export const isShut = signal(false);
const ASKS_WHO: ReadonlySet<Problem["code"]> = new Set(["unauthenticated", "authentication-not-configured"]);

/** Problems that pass by themselves. */
export const PASSING: ReadonlySet<Problem["code"]> = new Set([
  "unreachable",
  "unexpected-answer",
  "unavailable",
  "rate-limited",
]);

/** By its `operationId` in docs/openapi.json. */
export type OperationName = keyof operations;

interface Json<Body> {
  content: { "application/json": Body };
}

type BodyOf<Answers> = Answers extends { 200: Json<infer Body> }
  ? Body
  : Answers extends { 201: Json<infer Body> }
    ? Body
    : Answers extends { 202: Json<infer Body> }
      ? Body
      : Answers extends { 204: unknown }
        ? null
        : never;

/** What an operation answers where it goes well; null where that is nothing. */
export type Answer<Name extends OperationName> = BodyOf<operations[Name]["responses"]>;

/** `read<"getStatus">("/v1/operations/status")`: the name says what the link leads to. */
export async function read<Name extends OperationName>(
  href: string,
  left?: AbortSignal,
): Promise<Result<Answer<Name>>> {
  const result: Result<Answer<Name>> = await transport.send({
    method: "GET",
    path: href,
    ...(left === undefined ? {} : { signal: left }),
  });
  if (result.ok) isShut.value = false;
  else if (ASKS_WHO.has(result.problem.code)) isShut.value = true;
  return result;
}

/** `act<"replayParked">("POST", href)`. Sent once: it has no key, and twice may be one too many. */
export function act<Name extends OperationName>(
  method: "POST" | "DELETE",
  href: string,
  body?: object,
): Promise<Result<Answer<Name>>> {
  return transport.send({ method, path: href, ...(body === undefined ? {} : { body }) }, true);
}
