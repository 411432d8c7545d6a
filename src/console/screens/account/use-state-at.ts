// An account as it was at a version, beside how it was right before. What is past never changes, so it is read once.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Account } from "../../../account/account.ts";
import type { Problem } from "../../../client/problem.ts";
import { client } from "../../api/service.ts";
import { useRetry } from "../../api/use-retry.ts";

interface StateAt {
  readonly state: Account;
  /** Null at version 1. */
  readonly before: Account | null;
}

export interface Travelled {
  /** While another version is read, the last one that was; null before the first. */
  readonly shown: StateAt | null;
  readonly problem: Problem | null;
  readonly retry: () => void;
}

/** However fast one travels, two states are asked for at a time, and next those of where one is by then. */
export function useStateAt(accountNumber: string, version: number): Travelled {
  const known = useRef(new Map<number, Account>());
  const wanted = useRef(version);
  const isReading = useRef(false);
  const [shown, setShown] = useState<StateAt | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  const read = useCallback(async () => {
    if (isReading.current) return;
    isReading.current = true;
    for (let at = 0; at !== wanted.current; ) {
      at = wanted.current;
      const missing = [at, at - 1].filter((version) => version > 0 && !known.current.has(version));
      const results = await Promise.all(
        missing.map((version) => client.pastAccount(accountNumber, { version })),
      );
      for (const result of results) if (result.ok) known.current.set(result.value.version, result.value);
      const failed = results.find((result) => !result.ok);
      setProblem(failed === undefined || failed.ok ? null : failed.problem);
      const state = known.current.get(at);
      if (state !== undefined) setShown({ state, before: known.current.get(at - 1) ?? null });
    }
    isReading.current = false;
  }, [accountNumber]);

  useEffect(() => {
    wanted.current = version;
    void read();
  }, [version, read]);

  useRetry(problem, read);

  return { shown, problem, retry: read };
}
