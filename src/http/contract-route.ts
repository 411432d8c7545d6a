// The address at which each part of the service answers with its description. It is made when it is first asked for.

import type { MiddlewareHandler } from "hono";
import { jsonAnswer } from "./answers.ts";
import type { HttpEnv } from "./app.ts";

export const CONTRACT_PATH = "/openapi.json";

export function answerContract(
  load: () => Promise<{ readonly contract: object }>,
): MiddlewareHandler<HttpEnv<object>> {
  return async () => jsonAnswer((await load()).contract);
}
