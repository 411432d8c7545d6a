// Pauses: the program's own are over at once, so that a run depends on its seed alone; the simulator's are real.

import { vi } from "vitest";
import type { Tally } from "./tally.ts";

/** The simulator's own: kept from before the program's were taken over. */
export const wait: (ms: number) => Promise<void> = scheduler.wait.bind(scheduler);

/** What could happen in a pause between two sends happens while a send hangs, too; and between two batches nothing is under way. */
export function skipPauses(tally: Tally): void {
  vi.spyOn(scheduler, "wait").mockImplementation(async () => tally.add("pauses"));
}
