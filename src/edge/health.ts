// Whether each part of the service answers.

import type { EdgeEnv, Part } from "./parts.ts";

/** A part that takes longer is of no use to a caller either. */
const PART_TIMEOUT_MS = 3_000;

/** `ok`, or what is wrong. */
type PartHealth = string;

const NO_ANSWER = "unavailable";

interface Health {
  readonly status: "ok" | "degraded";
  readonly parts: Readonly<Record<"command" | "query" | "processor", PartHealth>>;
}

export async function healthOf({ COMMAND, QUERY, PROCESSOR }: EdgeEnv): Promise<Health> {
  const [command, query, processor] = await Promise.all([
    partHealth(COMMAND),
    partHealth(QUERY),
    partHealth(PROCESSOR),
  ]);
  const parts = { command, query, processor };
  return { status: Object.values(parts).every((health) => health === "ok") ? "ok" : "degraded", parts };
}

async function partHealth(part: Part): Promise<PartHealth> {
  try {
    // The host is nobody's: a service binding leads to its Worker whatever the address says.
    const request = new Request("https://part/health", { signal: AbortSignal.timeout(PART_TIMEOUT_MS) });
    const response = await part.fetch(request);
    const status = statusIn(await response.json());
    return response.ok || status !== "ok" ? status : NO_ANSWER;
  } catch {
    return NO_ANSWER;
  }
}

/** By hand, because it is the only body that the edge ever reads: a schema library would be most of its code. */
function statusIn(body: unknown): string {
  const known = typeof body === "object" && body !== null && "status" in body;
  return known && typeof body.status === "string" ? body.status : NO_ANSWER;
}
