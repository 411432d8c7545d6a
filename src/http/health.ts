// Whether a Worker has what it works with: the answer of `GET /health`, of which the edge makes one for all.

import { jsonAnswer } from "./answers.ts";
import { logFailure } from "./log-line.ts";
import { UNAVAILABLE } from "./problems.ts";

/** What is wrong with a part, in words for an operator; null where it is well. Rejects where the part does not answer. */
type HealthCheck = () => Promise<string | null>;

/** The parts, by the names that an operator knows them by. */
type HealthChecks = Readonly<Record<string, HealthCheck>>;

/** A part that is well whenever it answers. */
export function answers(ask: () => Promise<unknown>): HealthCheck {
  return async () => {
    await ask();
    return null;
  };
}

/** 200 with `{"status": "ok"}`; 503 with what is wrong. */
export async function answerHealth(traceId: string, checks: HealthChecks): Promise<Response> {
  const found = await Promise.all(
    Object.entries(checks).map(([name, check]) =>
      check().catch((error) => {
        logFailure("unhealthy part", { traceId, part: name }, error);
        return `${name} does not answer`;
      }),
    ),
  );
  const wrong = found.filter((reason) => reason !== null);
  if (wrong.length === 0) return jsonAnswer({ status: "ok" });
  return jsonAnswer({ status: wrong.join(", ") }, 503, UNAVAILABLE.headers);
}
