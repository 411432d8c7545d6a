// Another attempt after a while, where the last one met a problem that passes by itself.

import { useEffect } from "preact/hooks";
import type { Problem } from "../../client/problem.ts";
import { PASSING } from "./service.ts";

const RETRY_AFTER_MS = 5_000;

/** `problem`: of the last attempt, each with its own; null where there was none. `useCallback` what `retry` is. */
export function useRetry(problem: Problem | null, retry: () => void): void {
  useEffect(() => {
    if (problem === null || !PASSING.has(problem.code)) return;
    const timer = setTimeout(retry, RETRY_AFTER_MS);
    return () => clearTimeout(timer);
  }, [problem, retry]);
}
