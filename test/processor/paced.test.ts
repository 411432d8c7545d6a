// Pacing: a consumer of the accounts' events rests after a batch for as long as that took.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { paced } from "../../src/processor/paced.ts";
import { readAccount } from "../../src/views/accounts-view.ts";
import { account, message } from "../workerd/projecting.ts";
import { deliver } from "../workerd/queue.ts";
import { useEmptyViews } from "../workerd/views.ts";

const views = useEmptyViews();

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

/** What happens, in order: the work, and each wait with its milliseconds. `tookMs`: by a clock that shows nothing else. */
async function happened(tookMs: number): Promise<unknown[]> {
  const course: unknown[] = [];
  const now = vi.spyOn(Date, "now").mockReturnValue(1_000_000);
  vi.spyOn(scheduler, "wait").mockImplementation(async (ms) => {
    course.push(ms);
  });
  await paced(async () => {
    course.push("work");
    now.mockReturnValue(1_000_000 + tookMs);
  });
  return course;
}

describe("a batch", () => {
  it("keeps its consumer for as long again as it took", async () => {
    expect(await happened(1)).toEqual(["work", 1]);
    expect(await happened(15)).toEqual(["work", 15]);
  });

  it("that took no time lets the next one come at once", async () => {
    expect(await happened(0)).toEqual(["work"]);
  });

  it("that took very long lets the next one wait a tenth of a second", async () => {
    expect(await happened(30_000)).toEqual(["work", 100]);
  });

  it("lets nothing wait where the clock went back", async () => {
    expect(await happened(-60_000)).toEqual(["work"]);
  });

  it("that fails, fails at once", async () => {
    const waits = vi.spyOn(scheduler, "wait");
    await expect(paced(() => Promise.reject(new Error("down")))).rejects.toThrow("down");
    expect(waits).not.toHaveBeenCalled();
  });

  it("of events is paced, what it wrote being there to see meanwhile; one of the dead-letter queue is not", async () => {
    const { accountNumber, events } = await account(2);
    const seen: unknown[] = [];
    // A clock on which everything takes a moment.
    let now = Date.now();
    vi.spyOn(Date, "now").mockImplementation(() => now++);
    vi.spyOn(scheduler, "wait").mockImplementation(async () => {
      seen.push((await readAccount(views, accountNumber))?.version);
    });
    await deliver([message(events)]);
    await deliver([message(events)], views, "account-events-dead");
    expect(seen).toEqual([2]);
  });
});
