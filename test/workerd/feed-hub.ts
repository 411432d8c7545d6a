// The feed's hub in the tests: who follows it, and what it costs.

import { env, runInDurableObject } from "cloudflare:test";
import { type MockInstance, vi } from "vitest";
import { FEED_HUB } from "../../src/views/feed-hub.ts";

/** A stub of its own each time, as a Worker has it: one that was told of a broken connection stays broken. */
export const hub = () => env.FEED_HUB.getByName(FEED_HUB);

export const followers = (): Promise<number> => hub().followers();

export async function untilFollowers(count: number): Promise<void> {
  await vi.waitFor(async () => {
    const now = await followers();
    if (now !== count) throw new Error(`${now} follow, not ${count}`);
  }, WAIT);
}

/** Nobody follows any more. */
export async function closeFollowers(): Promise<void> {
  await runInDurableObject(hub(), (_, state) => {
    for (const socket of state.getWebSockets()) socket.close();
  });
  await untilFollowers(0);
}

/** Every query of the views' database, whoever asks. */
export function spyOnQueries(): { batches: MockInstance; singles: MockInstance } {
  return {
    batches: vi.spyOn(Object.getPrototypeOf(env.VIEWS), "batch"),
    singles: vi.spyOn(Object.getPrototypeOf(env.VIEWS.prepare("SELECT 1")), "first"),
  };
}

/** What takes a moment here may take long on a machine that is busy. */
export const WAIT = { timeout: 20_000, interval: 20 };
