// Repairing one account, which ends in one of two ways: its views are what its log says, or it is parked with the reason.

import { logLine } from "../http/log-line.ts";
import type { ProcessorEnv } from "./env.ts";
import { park, unpark } from "./parking.ts";
import { repair, Unprojectable } from "./repair.ts";

export interface RepairOutcome {
  /** The version that the views are at. */
  readonly version: number;
  readonly parked: boolean;
}

/** `upTo`: a version that the log has to have, since an event of it came. Rejects where a part does not answer. */
export async function repairOrPark(
  env: ProcessorEnv,
  accountNumber: string,
  from: "checkpoint" | "start",
  upTo = 0,
): Promise<RepairOutcome> {
  const startedAt = Date.now();
  try {
    const version = await repair(env, accountNumber, from);
    if (version < upTo) throw new Unprojectable(upTo, `The log ends at version ${version}`);
    await unpark(env.OPERATIONS, accountNumber);
    logLine("repair", { accountNumber, from, version, durationMs: Date.now() - startedAt });
    return { version, parked: false };
  } catch (error) {
    if (!(error instanceof Unprojectable)) throw error;
    const { version, message } = error;
    await park(env.OPERATIONS, accountNumber, error);
    logLine("park", { accountNumber, version, reason: message, durationMs: Date.now() - startedAt });
    return { version: version - 1, parked: true };
  }
}
