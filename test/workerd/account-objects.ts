// Looking into account objects, and making their queue fail: what tests do to them that nobody else can.

import { env, runInDurableObject } from "cloudflare:test";
import { type MockInstance, vi } from "vitest";
import { Meter } from "../../bench/meter/meter.ts";
import type { Units } from "../../bench/meter/units.ts";
import type { EventsMessage } from "../../src/account/events-message.ts";

/** Records what is sent to the queue instead of sending it, until the mocks are restored. */
export function recordSends(): {
  readonly sent: EventsMessage[];
  readonly sendBatch: MockInstance;
} {
  const sent: EventsMessage[] = [];
  const sendBatch = vi
    .spyOn(Object.getPrototypeOf(env.ACCOUNT_EVENTS), "sendBatch")
    .mockImplementation(async (messages: unknown) => {
      for (const { body } of messages as Iterable<MessageSendRequest<EventsMessage>>) sent.push(body);
    });
  return { sent, sendBatch };
}

/** The same of some accounts alone; what those of earlier tests have still to send goes its usual way, past `sendBatch`. */
export function recordSendsOf(isOwn: (accountNumber: string) => boolean) {
  const sent: EventsMessage[] = [];
  const sendBatch = vi.fn(async (messages: readonly MessageSendRequest<EventsMessage>[]) => {
    sent.push(...messages.map(({ body }) => body));
  });
  const queue: Queue<EventsMessage> = Object.getPrototypeOf(env.ACCOUNT_EVENTS);
  const send = queue.sendBatch;
  vi.spyOn(queue, "sendBatch").mockImplementation(async function (this: Queue<EventsMessage>, batch) {
    const messages = [...batch];
    if (!messages.every(({ body }) => isOwn(body.accountNumber))) return await send.call(this, messages);
    await sendBatch(messages);
    return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
  });
  return { sent, sendBatch };
}

export const versionsOf = (messages: readonly EventsMessage[]): number[] =>
  messages.flatMap(({ events }) => events.map(({ version }) => version));

export function storageOf<Result>(
  accountNumber: string,
  look: (storage: DurableObjectStorage) => Result | Promise<Result>,
): Promise<Result> {
  return runInDurableObject(env.ACCOUNT_LOGS.getByName(accountNumber), (_, { storage }) => look(storage));
}

export const alarmOf = (accountNumber: string): Promise<number | null> =>
  storageOf(accountNumber, (storage) => storage.getAlarm());

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
