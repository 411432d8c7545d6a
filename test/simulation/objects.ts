// What happens to account objects: their alarms run, they are evicted, and all are reset at once, as in a deploy.

import { abortAllDurableObjects, env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { wait } from "./pauses.ts";
import type { SimulatedQueues } from "./queues.ts";
import type { Tally } from "./tally.ts";

export class SimulatedObjects {
  readonly #queues: SimulatedQueues;
  readonly #tally: Tally;
  /** Alarms that run now, by account, with the time that each was set to. */
  readonly #running = new Map<string, number>();

  constructor(queues: SimulatedQueues, tally: Tally) {
    this.#queues = queues;
    this.#tally = tally;
  }

  /**
   * Runs an account's alarm, if one is armed, to its end or until a send hangs. As on the platform, it is gone as its
   * handler begins, in the same turn; the helper of the tests leaves room for a command between.
   */
  async runAlarm(accountNumber: string): Promise<boolean> {
    if (this.#running.has(accountNumber)) return false;
    const progress = { armed: false, over: false };
    const run = runInDurableObject(env.ACCOUNT_LOGS.getByName(accountNumber), async (object, { storage }) => {
      const time = await storage.getAlarm();
      if (time === null) return;
      progress.armed = true;
      this.#running.set(accountNumber, time);
      void storage.deleteAlarm();
      await object.alarm?.();
    });
    const end = (): void => {
      progress.over = true;
      this.#running.delete(accountNumber);
    };
    run.then(end, end);
    const hangs = (): boolean => progress.armed && this.#queues.hangs(accountNumber);
    while (!progress.over && !hangs()) await wait(0);
    if (progress.armed) this.#tally.add("alarms");
    return progress.armed;
  }

  /** Lets the sends that hang go on, and waits until they are over, and the alarms that waited for them. */
  async release(accountNumber?: string): Promise<void> {
    const isRunning = (): boolean =>
      accountNumber === undefined ? this.#running.size > 0 : this.#running.has(accountNumber);
    do await this.#queues.release(accountNumber);
    while (isRunning());
  }

  /** Waits until what it does is over; then it is gone from memory. */
  async evict(accountNumber: string): Promise<void> {
    await this.release(accountNumber);
    // One that is not in memory can't be evicted.
    this.#tally.add("evictions");
    await evictDurableObject(env.ACCOUNT_LOGS.getByName(accountNumber)).catch(() => {});
  }

  /** Everything in memory is lost, and what is under way ends. An alarm that was running is due again. */
  async abortAll(): Promise<void> {
    for (const [accountNumber, time] of this.#running) {
      await runInDurableObject(env.ACCOUNT_LOGS.getByName(accountNumber), (_, { storage }) =>
        storage.setAlarm(time),
      );
    }
    this.#tally.add("resets of all objects");
    await abortAllDurableObjects();
    this.#queues.abandonSends();
  }
}
