// A screen whose code is loaded when it is opened. Where that fails, its place says so, and it can be tried again there.

import type { ComponentType } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { lazy } from "preact-iso";
import { reloadIfDeployed } from "../api/reload.ts";
import { Failure } from "./failure.tsx";
import { Loading } from "./loading.tsx";
import { Screen } from "./screen.tsx";

export function lazyScreen(load: () => Promise<ComponentType>): ComponentType {
  // What is opened again after it failed is tried again, too.
  return lazy(() => load().catch(() => () => <Again load={load} />));
}

type Attempt = { readonly Loaded: ComponentType } | "trying" | "failed";

function Again({ load }: { load: () => Promise<ComponentType> }) {
  const [attempt, setAttempt] = useState<Attempt>("trying");
  const retry = useCallback(async () => {
    setAttempt("trying");
    try {
      setAttempt({ Loaded: await load() });
    } catch {
      await reloadIfDeployed();
      setAttempt("failed");
    }
  }, [load]);
  useEffect(() => void retry(), [retry]);
  if (typeof attempt === "object") return <attempt.Loaded />;
  return (
    <Screen title="Not loaded yet">
      {attempt === "trying" ? (
        <Loading rows={6} />
      ) : (
        <Failure problem={{ code: "unreachable", detail: "This screen could not be loaded" }} retry={retry} />
      )}
    </Screen>
  );
}
