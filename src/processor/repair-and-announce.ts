// Repairing one account that somebody asked for, and telling the functions: what its views lacked, they were not told of.

import { announceRepaired } from "./announce.ts";
import type { ProcessorEnv } from "./env.ts";
import { type RepairOutcome, repairOrPark } from "./repair-or-park.ts";

/** Rejects where a part does not answer. Of an account whose views are parked, functions are told when they are not. */
export async function repairAndAnnounce(
  env: ProcessorEnv,
  accountNumber: string,
  traceId?: string,
): Promise<RepairOutcome> {
  const outcome = await repairOrPark(env, accountNumber, { traceId });
  if (outcome.parked === null) await announceRepaired(env, accountNumber, outcome.version);
  return outcome;
}
