import { describe, expect, it } from "vitest";
import { retryDelayMs } from "../../../src/processor/subscriptions/retry-schedule.ts";

describe("the schedule of retries", () => {
  const delays = (random: number): number[] => {
    const all: number[] = [];
    for (let failures = 1; ; failures++) {
      const delayMs = retryDelayMs(failures, random);
      if (delayMs === null) return all;
      all.push(delayMs);
    }
  };

  it("begins within 30 seconds, grows with each failure, and ends after days", () => {
    expect(Math.max(...delays(0.999).slice(0, 1))).toBeLessThan(30_000);
    expect(delays(0)).toEqual(delays(0).toSorted((one, other) => one - other));
    expect(new Set(delays(0)).size).toBe(10);
    const days = delays(0).reduce((sum, delayMs) => sum + delayMs, 0) / 86_400_000;
    expect(days).toBeGreaterThan(3);
    expect(days).toBeLessThan(7);
  });

  it("scatters what failed together", () => {
    expect(retryDelayMs(1, 0.5)).toBeGreaterThan(retryDelayMs(1, 0) ?? 0);
  });
});
