// A screen whose code is loaded when it is opened. Where that fails, its place says so, and it is tried again while the service does not answer.

import type { ComponentType } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { lazy } from "preact-iso";
import type { Problem } from "../../client/problem.ts";
import { reloadIfAnswered } from "../api/reload.ts";
import { useRetry } from "../api/use-retry.ts";
import { Failure, Unloadable } from "./failure.tsx";
import { Loading } from "./loading.tsx";
import { Screen } from "./screen.tsx";

export function lazyScreen(load: () => Promise<ComponentType>): ComponentType {
  // What is opened again after it failed is tried again, too.
  return lazy(() => load().catch(() => () => <Again load={load} />));
}

type Attempt = { readonly Loaded: ComponentType } | { readonly problem: Problem } | "first" | "unloadable";

function Again({ load }: { load: () => Promise<ComponentType> }) {
  const [attempt, setAttempt] = useState<Attempt>("first");
  const retry = useCallback(async () => {
    try {
      setAttempt({ Loaded: await load() });
    } catch {
      const problem: Problem = { code: "unreachable", detail: "This screen could not be loaded" };
      setAttempt((await reloadIfAnswered()) ? "unloadable" : { problem });
    }
  }, [load]);
  useEffect(() => void retry(), [retry]);
  const problem = typeof attempt === "object" && "problem" in attempt ? attempt.problem : null;
  useRetry(problem, retry);
  if (typeof attempt === "object" && "Loaded" in attempt) return <attempt.Loaded />;
  if (attempt === "unloadable") return <Unloadable />;
  return (
    <Screen title="Not loaded yet">
      {problem === null ? <Loading rows={6} /> : <Failure problem={problem} retry={retry} />}
    </Screen>
  );
}
