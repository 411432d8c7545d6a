// What the bench counts and anyone can count again: billed units, messages, and what they cost.

import { beforeAll, describe, expect, it } from "vitest";
import { type Counted, countSystem } from "../../bench/metering.ts";
import { costPerMillion } from "../../bench/prices.ts";

const IDLE_LIVES = 2;
/** Seven a life. */
const IDLE_COMMANDS = 7 * IDLE_LIVES;
/** A life's rows in the views: two a command, and one more for each of three statuses that are not active. */
const LIFE_ROWS = 17;
const BURST_COMMANDS = 1_000;
/** US$ a million: the goals (docs/performance.md). */
const IDLE_COST_CEILING = 7;
const BURST_COST_CEILING = 3.5;
const MESSAGES_PER_EVENT_CEILING = 1 / 20;
const ROWS_PER_COMMAND_CEILING = 2.2;

describe("with the real Workers under the meter", { timeout: 180_000 }, () => {
  let counted: Counted;
  beforeAll(async () => {
    counted = await countSystem({ idle: IDLE_LIVES, keyed: false, burst: BURST_COMMANDS, resting: false });
  }, 180_000);

  it("a command on an idle account bills 2 rows in its object, 2 or 3 in the views, and one message", () => {
    expect(counted.idle).toMatchObject({
      // The request, and the batch of the queue.
      workerRequests: 2 * IDLE_COMMANDS,
      databaseRowsWritten: LIFE_ROWS * IDLE_LIVES,
      messages: IDLE_COMMANDS,
      queueOperations: 3 * IDLE_COMMANDS,
    });
    // The call, and the alarm. The clock may be started again and tick meanwhile.
    expect(counted.idle.objectRequests).toBeOneOf([0, 1, 2].map((clock) => 2 * IDLE_COMMANDS + clock));
    expect(counted.idle.objectRowsWritten).toBeOneOf(
      [0, 1, 2, 3, 4].map((clock) => 2 * IDLE_COMMANDS + clock),
    );
  });

  it("a million commands on idle accounts cost no more than the goal", () => {
    expect(costPerMillion(counted.idle, IDLE_COMMANDS).total).toBeLessThanOrEqual(IDLE_COST_CEILING);
  });

  it("a burst of 1,000 commands bills at most 2.2 rows each in its object, and travels in a message for 20 events at least", () => {
    expect(counted.burst.objectRowsWritten / BURST_COMMANDS).toBeLessThanOrEqual(ROWS_PER_COMMAND_CEILING);
    expect(counted.burst.messages / BURST_COMMANDS).toBeLessThanOrEqual(MESSAGES_PER_EVENT_CEILING);
  });

  it("a million commands in bursts cost no more than the goal", () => {
    expect(costPerMillion(counted.burst, BURST_COMMANDS).total).toBeLessThanOrEqual(BURST_COST_CEILING);
  });
});
