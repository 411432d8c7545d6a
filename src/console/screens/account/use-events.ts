// Events of an account's log, from one version to another. An event never changes, so each is read once.

import { useCallback, useEffect, useReducer, useRef, useState } from "preact/hooks";
import type { Problem } from "../../../client/problem.ts";
import type { EventRepresentation } from "../../../http/representations.ts";
import { read } from "../../api/service.ts";
import { useRetry } from "../../api/use-retry.ts";
import type { LogWindow } from "./log-window.ts";

export interface Events {
  /** Those of the window that were read so far, oldest first. */
  readonly events: readonly EventRepresentation[];
  readonly isReading: boolean;
  readonly problem: Problem | null;
  readonly retry: () => void;
}

export function useEvents(accountNumber: string, window: LogWindow): Events {
  const known = useRef(new Map<number, EventRepresentation>());
  const wanted = useRef(window);
  const isReading = useRef(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [, show] = useReducer((shown: number) => shown + 1, 0);
  const { after, upTo } = window;

  const readOn = useCallback(async () => {
    if (isReading.current) return;
    isReading.current = true;
    for (let gap = firstGap(wanted.current, known.current); gap !== null; ) {
      const query = `after=${gap.after}&limit=${gap.upTo - gap.after}`;
      const page = await read<"listEvents">(
        `/v1/accounts/${encodeURIComponent(accountNumber)}/events?${query}`,
      );
      setProblem(page.ok ? null : page.problem);
      if (!page.ok || page.value.items.length === 0) break;
      for (const event of page.value.items) known.current.set(event.version, event);
      show(null);
      gap = firstGap(wanted.current, known.current);
    }
    isReading.current = false;
  }, [accountNumber]);

  useEffect(() => {
    wanted.current = { after, upTo };
    void readOn();
  }, [after, upTo, readOn]);

  useRetry(problem, readOn);

  const events = versionsOf(window).flatMap((version) => known.current.get(version) ?? []);
  return { events, isReading: events.length < upTo - after && problem === null, problem, retry: readOn };
}

/** The versions of a window that are not known, from the first of them on. */
function firstGap(window: LogWindow, known: ReadonlyMap<number, unknown>): LogWindow | null {
  const missing = versionsOf(window).find((version) => !known.has(version));
  return missing === undefined ? null : { after: missing - 1, upTo: window.upTo };
}

const versionsOf = ({ after, upTo }: LogWindow): number[] =>
  Array.from({ length: Math.max(0, upTo - after) }, (_, place) => after + 1 + place);
