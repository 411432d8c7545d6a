// Something that is read from the API and kept up to date for as long as a screen shows it.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Problem } from "../../client/problem.ts";
import type { FeedItem } from "../../http/representations.ts";
import { onEvent, onRestart } from "./feed.ts";
import { type Answer, type OperationName, read } from "./service.ts";
import { useRetry } from "./use-retry.ts";

/** However fast events come, a screen reads no more often. */
const MIN_PAUSE_MS = 1_000;

export interface Resource<Value> {
  /** Null until it was read. It stays while it is read again, and where that fails. */
  readonly value: Value | null;
  /** What the last reading came to, where that was no value. */
  readonly problem: Problem | null;
  readonly refresh: () => void;
}

export interface Freshness {
  /** Read again after each event that this is true of; `useCallback` it where it depends on anything. */
  readonly onEvent?: (item: FeedItem) => boolean;
  /** Read again so often, for what no event tells of. */
  readonly everyMs?: number;
}

export const ANY_EVENT = (): boolean => true;

/**
 * `useResource<"getStatusTotals">("/v1/status-totals", { onEvent: ANY_EVENT })`. Another address is another resource: its
 * value is null again. Without an address nothing is read.
 */
export function useResource<Name extends OperationName>(
  href: string | null,
  { onEvent: concerns, everyMs }: Freshness = {},
): Resource<Answer<Name>> {
  const [found, setFound] = useState<Found<Answer<Name>>>(NOTHING);
  const readNow = useRef(() => {});
  const refresh = useCallback(() => readNow.current(), []);

  useEffect(() => {
    if (href === null) return;
    const left = new AbortController();
    let isReading = false;
    let isWantedAgain = false;
    // One at a time, and each to its end: else a screen whose reading takes long would show nothing while events come.
    readNow.current = async () => {
      isWantedAgain = true;
      if (isReading) return;
      isReading = true;
      while (isWantedAgain) {
        isWantedAgain = false;
        const result = await read<Name>(href, left.signal);
        if (left.signal.aborted) return;
        setFound((before) =>
          result.ok
            ? { href, value: result.value, problem: null }
            : { href, value: before.href === href ? before.value : null, problem: result.problem },
        );
      }
      isReading = false;
    };
    readNow.current();
    return () => {
      readNow.current = () => {};
      left.abort();
    };
  }, [href]);

  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(refresh, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, refresh]);

  useEffect(() => {
    const throttled = throttle(refresh, MIN_PAUSE_MS);
    const ends = [
      onRestart(refresh),
      onEvent((item) => {
        if (concerns?.(item)) throttled.call();
      }),
    ];
    return () => {
      throttled.cancel();
      for (const end of ends) end();
    };
  }, [concerns, refresh]);

  // What was found at another address is not shown as if it were this.
  const { value, problem } = found.href === href ? found : NOTHING;
  // The event that had it read may have been the last one for long.
  useRetry(problem, refresh);
  return { value, problem, refresh };
}

interface Found<Value> {
  readonly href: string | null;
  readonly value: Value | null;
  readonly problem: Problem | null;
}

const NOTHING = { href: null, value: null, problem: null };

/** Called at once where the last call is long enough ago, else as soon as it is: the last one is never lost. */
function throttle(run: () => void, pauseMs: number): { call(): void; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastAt = 0;
  return {
    call() {
      if (timer !== undefined) return;
      timer = setTimeout(
        () => {
          timer = undefined;
          lastAt = Date.now();
          run();
        },
        Math.max(0, lastAt + pauseMs - Date.now()),
      );
    },
    cancel: () => clearTimeout(timer),
  };
}
