// A rebuild or a verification, as it goes on: how far, how fast, how long still, and what was found.

import { useEffect, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import type { Answer } from "../../api/service.ts";
import { type Freshness, type Resource, useResource } from "../../api/use-resource.ts";
import { Figure, Figures, Panel } from "../../parts/panel.tsx";
import { Shown } from "../../parts/resource.tsx";
import { Time } from "../../parts/time.tsx";
import { durationWords, numberWords } from "../../parts/words.ts";
import { Found } from "./found.tsx";
import { OperationsScreen } from "./operations-screen.tsx";
import { WalkState } from "./walk-state.tsx";

const READ_EVERY_MS = 1_000;

/** What is done does not change any more. */
const paceOf = (isDone: boolean): Freshness => (isDone ? {} : { everyMs: READ_EVERY_MS });

type Walk = Answer<"getRebuild"> | Answer<"getVerification">;

export function Rebuild() {
  const { id = "" } = useRoute().params;
  const [isDone, setIsDone] = useState(false);
  const walk = useResource<"getRebuild">(`/v1/operations/rebuilds/${encodeURIComponent(id)}`, paceOf(isDone));
  useEffect(() => setIsDone(walk.value?.status === "done"), [walk.value]);
  return <Going title="Rebuild" walk={walk} />;
}

export function Verification() {
  const { id = "" } = useRoute().params;
  const [isDone, setIsDone] = useState(false);
  const walk = useResource<"getVerification">(
    `/v1/operations/verifications/${encodeURIComponent(id)}`,
    paceOf(isDone),
  );
  useEffect(() => setIsDone(walk.value?.status === "done"), [walk.value]);
  return <Going title={walk.value?.repair ? "Verification that mends" : "Verification"} walk={walk} />;
}

function Going<Value extends Walk>({ title, walk }: { title: string; walk: Resource<Value> }) {
  return (
    <OperationsScreen
      title={title}
      heading={
        <span class="heading-badge">
          {title}
          {walk.value === null ? null : <WalkState of={walk.value} />}
        </span>
      }
    >
      <Shown of={walk}>{(value) => <Progress of={value} />}</Shown>
    </OperationsScreen>
  );
}

function Progress({ of: walk }: { of: Walk }) {
  const { done, total, events, eventsPerSecond, found, mended, startedAt, finishedAt } = walk;
  return (
    <>
      <Panel
        title="Progress"
        actions={
          <>
            began <Time at={startedAt} />
          </>
        }
      >
        <div class="walk-bar">
          <progress
            aria-label="Accounts that are done"
            max={Math.max(total, 1)}
            value={total === 0 && finishedAt !== null ? 1 : done}
          />
        </div>
        <Figures>
          <Figure label="Accounts" value={numberWords(done)} note={`of ${numberWords(total)}`} />
          <Figure label="Events" value={numberWords(events)} note="read from the logs" />
          <Figure label="Speed" value={numberWords(eventsPerSecond)} note="events per second" />
          <TimeLeft of={walk} />
          <Figure
            label={"repair" in walk ? "Differences" : "Had to be parked"}
            value={numberWords(found)}
            note={mended === 0 ? "found" : `found, ${numberWords(mended)} mended`}
          />
        </Figures>
      </Panel>
      <Found of={walk} />
    </>
  );
}

function TimeLeft({ of: { startedAt, finishedAt, secondsLeft } }: { of: Walk }) {
  if (finishedAt !== null) {
    return <Figure label="Took" value={durationWords(finishedAt - startedAt)} note="in all" />;
  }
  return (
    <Figure
      label="Time left"
      value={secondsLeft === null ? "–" : durationWords(secondsLeft * 1_000)}
      note="at this speed"
    />
  );
}
