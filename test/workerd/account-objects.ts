// Looking into account objects, and making their queue fail: what tests do to them that nobody else can.

import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { vi } from "vitest";
import { Meter } from "../../bench/meter/meter.ts";
import type { Units } from "../../bench/meter/units.ts";
import type { EventsMessage } from "../../src/account/events-message.ts";
import { UNPUBLISHED_LIST } from "../../src/account/unpublished-accounts.ts";

type Sends = (messages: readonly EventsMessage[]) => Promise<void>;

/** What is sent to a queue at once, by either of the two ways into it, goes to `sends` instead, until that is restored. */
export function takeSends<Message>(
  sends: (queue: Queue<Message>, messages: readonly Message[]) => Promise<void>,
) {
  const queue: Queue<Message> = Object.getPrototypeOf(env.ACCOUNT_EVENTS);
  const taken = { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
  const usual = { send: queue.send, sendBatch: queue.sendBatch };
  const send = vi.spyOn(queue, "send").mockImplementation(async function (this: Queue<Message>, message) {
    await sends(this, [message]);
    return taken;
  });
  const sendBatch = vi.spyOn(queue, "sendBatch").mockImplementation(async function (
    this: Queue<Message>,
    batch,
  ) {
    await sends(
      this,
      [...batch].map(({ body }) => body),
    );
    return taken;
  });
  return {
    /** Past `sends`. */
    usual,
    restore() {
      send.mockRestore();
      sendBatch.mockRestore();
    },
  };
}

/** Records what is sent to the queue instead of sending it, until it is restored. */
export function recordSends() {
  const sent: EventsMessage[] = [];
  const sends = vi.fn<Sends>(async (messages) => void sent.push(...messages));
  const { restore } = takeSends<EventsMessage>((_, messages) => sends(messages));
  return { sent, sends, restore };
}

/** The same of some accounts alone; what those of earlier tests have still to send goes its usual way, past `sends`. */
export function recordSendsOf(isOwn: (accountNumber: string) => boolean) {
  const sent: EventsMessage[] = [];
  const sends = vi.fn<Sends>(async (messages) => void sent.push(...messages));
  const { usual } = takeSends<EventsMessage>(async (queue, messages) => {
    if (messages.every(({ accountNumber }) => isOwn(accountNumber))) await sends(messages);
    else
      await usual.sendBatch.call(
        queue,
        messages.map((body) => ({ body })),
      );
  });
  return { sent, sends };
}

export const versionsOf = (messages: readonly EventsMessage[]): number[] =>
  messages.flatMap(({ events }) => events.map(({ version }) => version));

export function storageOf<Result>(
  accountNumber: string,
  look: (storage: DurableObjectStorage) => Result | Promise<Result>,
): Promise<Result> {
  return runInDurableObject(env.ACCOUNT_LOGS.getByName(accountNumber), (_, { storage }) => look(storage));
}

/** Behind the back of the object, which starts anew: what it knew of its log is gone. */
export async function rewriteLog(accountNumber: string, query: string): Promise<void> {
  await storageOf(accountNumber, ({ sql }) => {
    sql.exec(query);
  });
  await evictDurableObject(env.ACCOUNT_LOGS.getByName(accountNumber));
}

export const alarmOf = (accountNumber: string): Promise<number | null> =>
  storageOf(accountNumber, (storage) => storage.getAlarm());

/** Other tests' accounts may be on the list of those whose events wait. */
export async function emptyUnpublishedList(): Promise<void> {
  await runInDurableObject(env.UNPUBLISHED.getByName(UNPUBLISHED_LIST), (_, { storage }) => {
    storage.sql.exec("DELETE FROM unpublished");
  });
}

/** What the account's object is billed for while `run` goes on. */
export async function billedRows(accountNumber: string, run: () => Promise<unknown>): Promise<Units> {
  const meter = new Meter();
  const storageNow = () => storageOf(accountNumber, (storage) => storage);
  const before = await storageNow();
  meter.meterStorage(before);
  try {
    await run();
    // An object that was evicted meanwhile has another. Other accounts may be at work too, by their alarms.
    const after = await storageNow();
    return meter.take([before, after]);
  } finally {
    meter.stop();
  }
}
