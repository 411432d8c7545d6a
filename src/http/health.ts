// Whether a Worker has what it works with: the answer of `GET /health`, of which the edge makes one for all.

import { logFailure } from "./log-line.ts";
import { UNAVAILABLE } from "./problems.ts";

const UNAVAILABLE_HEADERS = { ...UNAVAILABLE.headers, "Cache-Control": "no-store" };

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
  if (wrong.length === 0)
    return Response.json({ status: "ok" }, { headers: { "Cache-Control": "no-store" } });
  return Response.json({ status: wrong.join(", ") }, { status: 503, headers: UNAVAILABLE_HEADERS });
}
