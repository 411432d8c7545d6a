// Turns: what goes on side by side does its I/O when the seed says so, one operation at a time or some at once.

import { wait } from "./pauses.ts";
import type { Random } from "./random.ts";

/** More turns of the microtask queue than any chain of awaits in the program takes between two operations. */
const MICROTASKS = 150;

interface Waiting {
  /** Resolves when the operation is over; what it answers hands the outcome to who waits for it. */
  readonly start: () => Promise<() => void>;
  readonly alone: boolean;
}

export class Turns {
  readonly #random: Random;
  #waiting: Waiting[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** Does the operation when its turn has come. `alone`: together with no other one. */
  take<Answer>(operation: () => Promise<Answer>, alone = false): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const start = (): Promise<() => void> =>
        operation().then(
          (answer) => () => resolve(answer),
          (error) => () => reject(error),
        );
      this.#waiting.push({ start, alone });
    });
  }

  /** Runs the tasks side by side to their ends. */
  async run(tasks: readonly (() => Promise<void>)[]): Promise<void> {
    let running = tasks.length;
    const all = Promise.all(
      tasks.map(async (task) => {
        try {
          await task();
        } finally {
          running -= 1;
        }
      }),
    );
    // Handled below; until then a failure is not to count as unhandled.
    all.catch(() => {});
    while (running > 0) {
      await microtasks();
      if (running === 0) break;
      const group = this.#nextGroup();
      // Nobody waits for a turn, and somebody is not done: a batch is being settled.
      if (group.length === 0) await wait(0);
      const outcomes = await Promise.all(group.map(({ start }) => start()));
      // In an order of ours, not in the order in which they happened to end.
      for (const handOut of outcomes) {
        handOut();
        await microtasks();
      }
    }
    await all;
  }

  #nextGroup(): readonly Waiting[] {
    const shuffled = this.#random.shuffled(this.#waiting);
    const many = this.#random.chance(0.5) ? 1 : this.#random.between(1, Math.max(1, shuffled.length));
    const first = shuffled[0];
    const group = first?.alone ? [first] : shuffled.slice(0, many).filter(({ alone }) => !alone);
    this.#waiting = this.#waiting.filter((waiting) => !group.includes(waiting));
    return group;
  }
}

async function microtasks(): Promise<void> {
  for (let count = 0; count < MICROTASKS; count++) await Promise.resolve();
}
