// Repairing one account, which ends in one of two ways: its views are what its log says, or it is parked with the reason.

import { logLine } from "../http/log-line.ts";
import type { ProcessorEnv } from "./env.ts";
import { park, readWaiting, unpark } from "./parking.ts";
import type { RangeFeed } from "./range-feed.ts";
import { repair, Unprojectable } from "./repair.ts";

export interface RepairOutcome {
  /** The version that the views are at, as far as this repair knows. */
  readonly version: number;
  /** Why the account is parked; null where it is not. */
  readonly parked: string | null;
}

/** What a repair is asked for with. */
export interface RepairAsked {
  /** Of a walk's range, for a repair that takes nothing on trust (see `repair`). */
  readonly feed?: RangeFeed;
  /** A version that the log has to have, since an event of it came. */
  readonly upTo?: number;
  /** The trace that led here, for the log line. */
  readonly traceId?: string | undefined;
}

/** Rejects where a part does not answer. */
export async function repairOrPark(
  env: ProcessorEnv,
  accountNumber: string,
  { feed, upTo = 0, traceId }: RepairAsked,
): Promise<RepairOutcome> {
  const startedAt = Date.now();
  const from = feed === undefined ? "checkpoint" : "start";
  const waiting = await readWaiting(env.OPERATIONS, [accountNumber]);
  try {
    const version = await repair(env, accountNumber, feed);
    if (version < upTo) throw new Unprojectable(upTo, `The log ends at version ${version}`);
    await unpark(env.OPERATIONS, waiting, new Map([[accountNumber, version]]));
    logLine("repair", { traceId, accountNumber, from, version, durationMs: Date.now() - startedAt });
    return { version, parked: null };
  } catch (error) {
    if (!(error instanceof Unprojectable)) throw error;
    await park(env.OPERATIONS, accountNumber, error, traceId);
    return { version: error.version - 1, parked: error.message };
  }
}
