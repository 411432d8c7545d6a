// What the feed's hub sends to one stream, waiting for the stream's reader: only so much of it.

import type { OwnedFeedEvent } from "../views/feed.ts";
import { FEED_HUB, type FeedHubs, followRequest, growthSchema } from "../views/feed-hub.ts";

/** Some hundreds of events. A Worker has 128 MB for all its streams (Workers documentation, "Limits"). */
const MAX_WAITING_CHARACTERS = 256 * 1024;

/** `idle`: nothing came within the time given. `over`: nothing will come any more. */
type Arrived = readonly OwnedFeedEvent[] | "idle" | "over";

export class Arrivals {
  /** Whether the stream has something to read before what waits here is of use to it. */
  isBehind = false;
  readonly #socket: WebSocket;
  /** As they came: parsing waits until somebody takes them. */
  #waiting: string[] = [];
  #waitingCharacters = 0;
  #isOver = false;
  #wake: () => void = () => {};

  /** `followed`: a path of the hub's port. Throws where the hub can't be reached. */
  static async from(hubs: FeedHubs, followed: string): Promise<Arrivals> {
    const { webSocket } = await hubs.getByName(FEED_HUB).fetch(followRequest(followed));
    if (!webSocket) throw new Error("The feed's hub answered without a WebSocket");
    return new Arrivals(webSocket);
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#take(String(data)));
    socket.addEventListener("close", () => this.close());
    socket.addEventListener("error", () => this.close());
    socket.accept();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  async next(patienceMs: number): Promise<Arrived> {
    if (this.#waiting.length === 0 && !this.#isOver) await this.#arrival(patienceMs);
    if (this.#isOver) return "over";
    const message = this.#waiting.shift();
    if (message === undefined) return "idle";
    this.#waitingCharacters -= message.length;
    return growthSchema.parse(JSON.parse(message));
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forget();
    this.#socket.close();
    this.#wake();
  }

  #take(message: string): void {
    if (this.#isOver) return;
    if (this.#waitingCharacters + message.length > MAX_WAITING_CHARACTERS) {
      this.#forget();
      this.isBehind = true;
    } else {
      this.#waiting.push(message);
      this.#waitingCharacters += message.length;
    }
    this.#wake();
  }

  #forget(): void {
    this.#waiting = [];
    this.#waitingCharacters = 0;
  }

  #arrival(patienceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
