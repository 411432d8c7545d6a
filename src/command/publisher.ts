// Publishing: everything in the log reaches the queue, in order, a burst in as few messages as fit.

import type { RecordedAccountEvent } from "../account/events.ts";
import type { EventsMessage } from "../account/events-message.ts";
import type { EventLog } from "./event-log.ts";

/** A queue operation is billed per 64 KB; what the queue adds to a message is left room for. */
const MAX_MESSAGE_BYTES = 60_000;
/** `sendBatch` takes 256 KB (Queues documentation, "Limits"): four full messages. */
const MAX_MESSAGES_PER_SEND = 4;
/** How many events are read from the log at a time. */
const EVENTS_PER_READ = 500;
/** What waits beyond this is read back from the log: a queue that takes nothing is not to fill the object's memory. */
const MAX_EVENTS_IN_MEMORY = 500;
/**
 * Who sends again right away pays for a message with hardly an event in it. So after a send the next one waits, the longer
 * the more events that one carried: in a burst messages fill up, and an account that has been at rest sends at once.
 * Waiting costs an object its time in memory (12.50 US$ per million GB-s): 200 ms are a quarter of a message.
 */
const PAUSE_PER_EVENT_MS = 10;
const MAX_PAUSE_MS = 200;

const encoder = new TextEncoder();

export class Publisher {
  readonly #queue: Queue<EventsMessage>;
  readonly #log: EventLog;
  readonly #accountNumber: string;
  /** The version up to which the queue has everything; null until the object has found out, after waking. */
  #cursor: number | null = null;
  /** The newest version of the log. */
  #head = 0;
  /** The newest events of the log, without a gap: as many as were appended since it woke and are not sent, or fewer. */
  #inMemory: RecordedAccountEvent[] = [];
  /** Epoch milliseconds. */
  #nextSendAt = 0;
  #running: Promise<void> | null = null;
  /** Who waits for the queue to have everything up to a version. */
  #waitingFor: { readonly version: number; readonly reached: () => void }[] = [];

  constructor(queue: Queue<EventsMessage>, log: EventLog, accountNumber: string) {
    this.#queue = queue;
    this.#log = log;
    this.#accountNumber = accountNumber;
  }

  get cursor(): number | null {
    return this.#cursor;
  }

  startFrom(cursor: number, head: number): void {
    this.#cursor = cursor;
    this.#head = head;
  }

  /** What was just appended to the log, so that it need not be read from there. */
  remember(events: readonly RecordedAccountEvent[]): void {
    if (this.#inMemory.length + events.length > MAX_EVENTS_IN_MEMORY) this.#inMemory = [];
    this.#inMemory.push(...events);
    this.#head = events.at(-1)?.version ?? this.#head;
  }

  /** When the oldest event that is not published was recorded, epoch milliseconds; null where all are. */
  waitingSince(): number | null {
    return this.#log.timeAfter(this.#cursor ?? 0);
  }

  /**
   * Sends what is not published yet. Single flight: who calls while a run is under way gets that run, which goes on
   * until the log has nothing more. Rejects when a send fails; what was sent before stays sent.
   */
  publish(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  /** The same, over as soon as the queue has what the log has now: of a busy account a run may go on for ever. */
  async publishToHead(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waitingFor.push({ version: this.#head, reached: resolve });
    await Promise.race([this.publish(), promise]);
  }

  async #run(): Promise<void> {
    // Without this, a run that finds nothing would end before `publish` has stored it.
    await Promise.resolve();
    try {
      while ((this.#cursor ?? 0) < this.#head) {
        await this.#pause();
        const events = this.#waiting();
        if (events.length === 0) throw new Error(`What follows ${this.#cursor} is not in the log`);
        const messages = this.#messagesOf(events);
        for (let index = 0; index < messages.length; index += MAX_MESSAGES_PER_SEND) {
          const sending = messages.slice(index, index + MAX_MESSAGES_PER_SEND);
          await this.#send(sending);
          this.#moveTo(sending.at(-1)?.events.at(-1)?.version);
        }
        this.#nextSendAt = Date.now() + Math.min(events.length * PAUSE_PER_EVENT_MS, MAX_PAUSE_MS);
      }
    } finally {
      // In the same turn as the last look at what waits, so that an append after it starts a new run.
      this.#running = null;
      this.#waitingFor = [];
    }
  }

  async #send(messages: readonly EventsMessage[]): Promise<void> {
    const [first, ...more] = messages;
    // One message is nearly always all, and goes without a batch around it.
    if (first !== undefined && more.length === 0) await this.#queue.send(first, { contentType: "json" });
    else await this.#queue.sendBatch(messages.map((body) => ({ body, contentType: "json" })));
  }

  async #pause(): Promise<void> {
    // Never longer than it was meant to be, whatever the clock does.
    const pauseMs = Math.min(this.#nextSendAt - Date.now(), MAX_PAUSE_MS);
    if (pauseMs > 0) await scheduler.wait(pauseMs);
  }

  /** The events after the cursor, from memory where they are all there. */
  #waiting(): readonly RecordedAccountEvent[] {
    const cursor = this.#cursor ?? 0;
    const isNext = this.#inMemory[0]?.version === cursor + 1;
    return isNext ? [...this.#inMemory] : this.#log.read(cursor, EVENTS_PER_READ);
  }

  #moveTo(version = this.#cursor ?? 0): void {
    this.#cursor = version;
    const next = this.#inMemory.findIndex((event) => event.version > version);
    this.#inMemory = next < 0 ? [] : this.#inMemory.slice(next);
    for (const { reached } of this.#waitingFor.filter((waiter) => waiter.version <= version)) reached();
    this.#waitingFor = this.#waitingFor.filter((waiter) => waiter.version > version);
  }

  #messagesOf(events: readonly RecordedAccountEvent[]): EventsMessage[] {
    // One fits, whatever its size.
    if (events.length === 1) return [{ accountNumber: this.#accountNumber, events: [...events] }];
    const messages: EventsMessage[] = [];
    let messageBytes = Number.POSITIVE_INFINITY;
    for (const event of events) {
      const eventBytes = encoder.encode(JSON.stringify(event)).byteLength + 1;
      if (messageBytes + eventBytes > MAX_MESSAGE_BYTES) {
        messages.push({ accountNumber: this.#accountNumber, events: [] });
        messageBytes = 0;
      }
      messages.at(-1)?.events.push(event);
      messageBytes += eventBytes;
    }
    return messages;
  }
}
