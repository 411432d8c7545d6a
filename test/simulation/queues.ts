// The simulated queues: they take what the objects and the operator send, and give it to the real consumers doubled,
// out of order, late, in several batches at once, or never.

import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { decodeEventsMessage, type EventsMessage } from "../../src/account/events-message.ts";
import type { ProcessorEnv } from "../../src/processor/env.ts";
import worker from "../../src/processor/worker.ts";
import { takeSends } from "../workerd/account-objects.ts";
import { wait } from "./pauses.ts";
import type { Random } from "./random.ts";
import type { Tally } from "./tally.ts";
import { CALM, type Weather } from "./weather.ts";

/** How often a send that hangs looks whether it may go on. */
const HANGING_CHECK_MS = 1;
/** A send that was let go on is over long before. */
const MAX_RELEASE_WAITS = 1_000;

type QueueName = "account-events" | "account-events-dead" | "account-repairs";

interface QueuedMessage {
  readonly id: string;
  readonly queue: QueueName;
  readonly body: unknown;
  readonly attempts: number;
}

/** A send under way: whose, and of which life of its object. */
interface Send {
  readonly accountNumber: string;
  readonly life: number;
}

export class SimulatedQueues {
  weather: Weather = CALM;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #sendFates = new Map<string, Random>();
  readonly #waiting: QueuedMessage[] = [];
  readonly #sending = new Set<Send>();
  readonly #hanging = new Set<Send>();
  #lives = 0;
  readonly #sent = new Map<string, number>();
  /** What was ever enqueued of the accounts' events. */
  readonly published: EventsMessage[] = [];
  /** Accounts of which a message was lost, or ended in the dead-letter queue, which parks what fails there. */
  readonly lossy = new Set<string>();
  readonly violations: string[] = [];

  constructor(random: Random, tally: Tally) {
    this.#random = random;
    this.#tally = tally;
  }

  /** Both producers are of one prototype. */
  install(): void {
    takeSends<unknown>((_, messages) => this.#send(messages));
  }

  get size(): number {
    return this.#waiting.length;
  }

  hangs(accountNumber: string): boolean {
    return [...this.#hanging].some((send) => send.accountNumber === accountNumber);
  }

  /** Lets the sends that hang go on, and waits until they are over. */
  async release(accountNumber?: string): Promise<void> {
    const isMeant = (send: Send): boolean =>
      accountNumber === undefined || send.accountNumber === accountNumber;
    const isLeft = (): boolean => [...this.#sending].some(isMeant);
    for (let waits = 0; waits === 0 || (isLeft() && waits < MAX_RELEASE_WAITS); waits++) {
      for (const send of [...this.#hanging].filter(isMeant)) this.#hanging.delete(send);
      await wait(HANGING_CHECK_MS);
    }
    if (isLeft()) this.violations.push("a send that was let go on never ended");
  }

  /** All objects are gone, and with them whatever they were sending: it may have arrived. */
  abandonSends(): void {
    this.#lives += 1;
    this.#hanging.clear();
    this.#sending.clear();
  }

  async #send(bodies: readonly unknown[]): Promise<void> {
    const messages = bodies.map(messageIn);
    const accountNumber = messages[0]?.accountNumber;
    const random = this.#fates(accountNumber ?? "operator");
    if (accountNumber === undefined) {
      if (random.chance(this.weather.sendFails)) throw new Error("Queue sendBatch failed: overloaded");
      for (const body of bodies) this.#enqueue("account-repairs", body);
      return;
    }
    const send: Send = { accountNumber, life: this.#lives };
    if ([...this.#sending].some((other) => other.accountNumber === accountNumber)) {
      this.violations.push(`${accountNumber}: two sends at once`);
    }
    this.#sending.add(send);
    const fails = random.chance(this.weather.sendFails);
    // A send that fails may have arrived all the same, and one that hangs may have arrived long since.
    const arrives = random.chance(fails ? 0.3 : 0.5);
    if (fails) this.#tally.add(`sends failed ${arrives ? "after" : "before"} they arrived`);
    const enqueue = (): void => {
      for (const body of bodies) this.#enqueue("account-events", body, accountNumber);
      this.published.push(...messages.filter((message) => message !== null));
    };
    if (arrives) enqueue();
    if (random.chance(this.weather.sendHangs)) {
      this.#hanging.add(send);
      this.#tally.add("sends hung");
      while (this.#hanging.has(send)) await wait(HANGING_CHECK_MS);
    }
    this.#sending.delete(send);
    if (send.life !== this.#lives) throw new Error("This object is gone");
    if (fails) throw new Error("Queue sendBatch failed: Unknown Internal Error (15000)");
    if (!arrives) enqueue();
  }

  /** By the account's letter, so that a seed that is run again, with other accounts, meets the same fates. */
  #fates(sender: string): Random {
    const fates = this.#sendFates.get(sender) ?? this.#random.fork(`send ${sender.slice(-1)}`);
    this.#sendFates.set(sender, fates);
    return fates;
  }

  /** Numbered for each sender alone: which of two objects sends first is not ours to say. */
  #enqueue(queue: QueueName, body: unknown, sender = ""): void {
    const number = (this.#sent.get(sender) ?? 0) + 1;
    this.#sent.set(sender, number);
    // As over a wire.
    this.#waiting.push({
      id: `${sender.slice(-1)}${number}`,
      queue,
      body: JSON.parse(JSON.stringify(body)),
      attempts: 1,
    });
  }

  enqueueRepair(accountNumber: string): void {
    this.#enqueue("account-repairs", { accountNumber });
  }

  /** Takes some of what waits, for one batch: of one queue, in any order, some of it to come again or never. */
  takeBatch(atMost: number): readonly QueuedMessage[] {
    const shuffled = this.#random.shuffled(this.#waiting.toSorted(byIdAndAttempts));
    const queue = shuffled[0]?.queue;
    const batch: QueuedMessage[] = [];
    for (const message of shuffled.filter((other) => other.queue === queue).slice(0, atMost)) {
      if (!this.#random.chance(this.weather.messageDoubled)) this.#remove(message);
      // A walk's messages are its own affair: who starts it again sends them again.
      if (queue === "account-events" && this.#random.chance(this.weather.messageLost)) {
        this.#remove(message);
        this.#markLossy(message);
        this.#tally.add("messages lost");
      } else batch.push(message);
    }
    return batch;
  }

  /** Gives a batch to the real consumer; what it wants again waits again. */
  async deliver(messages: readonly QueuedMessage[], processor: ProcessorEnv): Promise<string> {
    const queue = messages[0]?.queue;
    if (queue === undefined) return "nothing";
    const batch = createMessageBatch(
      queue,
      messages.map(({ id, body, attempts }) => ({ id, body, attempts, timestamp: new Date() })),
    );
    const context = createExecutionContext();
    await worker.queue(batch, processor, context);
    this.#tally.add("batches");
    this.#tally.add("messages delivered", messages.length);
    const { explicitAcks, retryMessages } = await getQueueResult(batch, context);
    const retried = new Set(retryMessages.map(({ msgId }) => msgId));
    for (const message of messages) {
      if (retried.has(message.id)) this.#takeBack(message);
      else if (!explicitAcks.includes(message.id))
        this.violations.push(`message ${message.id} has no answer`);
    }
    return `${queue} ${messages.map(({ id }) => (retried.has(id) ? `${id} again` : id)).join(", ")}`;
  }

  #takeBack(message: QueuedMessage): void {
    const isDead = message.queue === "account-events" && message.attempts >= this.weather.maxAttempts;
    this.#tally.add(isDead ? "messages to the dead-letter queue" : "messages retried");
    if (isDead) this.#markLossy(message);
    this.#waiting.push({
      ...message,
      queue: isDead ? "account-events-dead" : message.queue,
      attempts: isDead ? 1 : message.attempts + 1,
    });
  }

  #remove(message: QueuedMessage): void {
    const index = this.#waiting.indexOf(message);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  #markLossy({ body }: QueuedMessage): void {
    const accountNumber = messageIn(body)?.accountNumber;
    if (accountNumber !== undefined) this.lossy.add(accountNumber);
  }
}

function byIdAndAttempts(one: QueuedMessage, other: QueuedMessage): number {
  return one.id.localeCompare(other.id) || one.attempts - other.attempts;
}

/** Null where it is another queue's. */
function messageIn(body: unknown): EventsMessage | null {
  const decoded = decodeEventsMessage(body);
  return typeof decoded === "string" ? null : decoded;
}
