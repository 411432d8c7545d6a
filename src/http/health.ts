// Whether a Worker has what it works with: the answer of `GET /health`, of which the edge makes one for all.

import { logFailure } from "./log-line.ts";
import { UNAVAILABLE } from "./problems.ts";

const UNAVAILABLE_HEADERS = { ...UNAVAILABLE.headers, "Cache-Control": "no-store" };

/** What has to answer, by the name that an operator knows it by. */
type HealthChecks = Readonly<Record<string, () => Promise<unknown>>>;

/** 200 with `{"status": "ok"}`; 503 with what does not answer. */
export async function answerHealth(traceId: string, checks: HealthChecks): Promise<Response> {
  const down: string[] = [];
  for (const [name, check] of Object.entries(checks)) {
    await check().catch((error) => {
      logFailure("unhealthy part", { traceId, part: name }, error);
      down.push(`${name} does not answer`);
    });
  }
  if (down.length === 0) return Response.json({ status: "ok" }, { headers: { "Cache-Control": "no-store" } });
  return Response.json({ status: down.join(", ") }, { status: 503, headers: UNAVAILABLE_HEADERS });
}
