// Following events live: server-sent events over `fetch`, which carries a token; cut off, it goes on where it was.

import { ProblemFound } from "./problem.ts";
import { messagesOf } from "./server-sent-events.ts";
import { pause, pauseBefore, type Transport } from "./transport.ts";

/** The service writes something every 15 seconds; a connection that is silent for this long is dead. */
const SILENCE_LIMIT_MS = 40_000;

export type Connection = "connecting" | "live" | "cut-off";

export interface FollowOptions {
  /** The place that the caller has reached: 0 is all of history. Without it, the next event is the first. */
  readonly after?: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** Told of each change of the connection. */
  readonly onConnection?: (connection: Connection) => void;
}

/** Ends when the signal says so; throws `ProblemFound` where another attempt would come to the same. */
export async function* follow<Item>(
  transport: Transport,
  path: string,
  { after, signal, onConnection }: FollowOptions,
): AsyncGenerator<Item, void> {
  let place = after === undefined ? null : String(after);
  onConnection?.("connecting");
  for (let failures = 0; !signal?.aborted; ) {
    const silence = new AbortController();
    const unanswered = setTimeout(() => silence.abort(), SILENCE_LIMIT_MS);
    const { result, retryAfterMs } = await transport.open({
      method: "GET",
      path,
      headers: { Accept: "text/event-stream", ...(place === null ? {} : { "Last-Event-ID": place }) },
      signal: signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
    });
    clearTimeout(unanswered);
    if (result.ok) {
      onConnection?.("live");
      for await (const { id, data } of messagesOf(result.value, () => silence.abort(), SILENCE_LIMIT_MS)) {
        // Only then: a stream that ends as soon as it opens is no reason to ask at once again.
        failures = 0;
        place = id ?? place;
        if (data !== null) yield JSON.parse(data);
      }
    } else if (retryAfterMs === null && !signal?.aborted) {
      throw new ProblemFound(result.problem);
    }
    if (signal?.aborted) return;
    onConnection?.("cut-off");
    failures += 1;
    await pause(Math.max(retryAfterMs ?? 0, pauseBefore(failures)), signal);
  }
}
