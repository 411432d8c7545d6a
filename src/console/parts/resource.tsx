// Shows what a resource came to so far: its shape while it is read, a failure, or its value.

import type { ComponentChildren, VNode } from "preact";
import type { Resource } from "../api/use-resource.ts";
import { Failure } from "./failure.tsx";
import { Loading } from "./loading.tsx";
import { problemWords } from "./problem-words.ts";

interface ShownProps<Value> {
  readonly of: Resource<Value>;
  /** A few lines without it. */
  readonly loading?: VNode;
  readonly children: (value: Value) => ComponentChildren;
}

/** What was read once stays, also where it can't be read again; then a line says that it is old. */
export function Shown<Value>({ of: { value, problem, refresh }, loading, children }: ShownProps<Value>) {
  if (value === null && problem !== null) return <Failure problem={problem} retry={refresh} />;
  if (value === null) return loading ?? <Loading />;
  return (
    <>
      {problem === null ? null : (
        <p class="stale" role="status">
          <span>Not up to date: {problemWords(problem).title.toLowerCase()}</span>
        </p>
      )}
      {children(value)}
    </>
  );
}
