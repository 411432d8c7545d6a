// A trace: the events that one request led to, each under its cause.

import type { EventRepresentation } from "../../../http/representations.ts";
import { accountAddress } from "../../parts/addresses.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Time } from "../../parts/time.tsx";
import { wordsOf } from "../../parts/words.ts";
import { toneOf } from "./event-words.ts";
import { Actor, Cause } from "./timeline-event.tsx";
import { type TracedEvent, useTrace } from "./use-trace.ts";

interface TraceProps {
  /** Of the event that it is seen from. */
  readonly accountNumber: string;
  readonly version: number;
  readonly nearby: readonly EventRepresentation[];
  readonly onClose: () => void;
}

export function Trace({ accountNumber, version, nearby, onClose }: TraceProps) {
  const { correlationId, events, problem } = useTrace(accountNumber, version, nearby);
  return (
    <Dialog title="Trace" onClose={onClose}>
      {correlationId === null ? null : <code class="trace-id">{correlationId}</code>}
      {problem === null ? null : <Failure problem={problem} />}
      {correlationId === null && problem === null ? <Loading what="Reading the trace" /> : null}
      <ol class="trace">
        {events.map((traced) => (
          <TraceLine
            key={traced.event.id}
            of={traced}
            isSeenFrom={traced.event.accountNumber === accountNumber && traced.event.version === version}
          />
        ))}
      </ol>
      <p class="field-hint">
        What led here, to the beginning; and what followed in this account, and lately in others.
      </p>
      <div class="dialog-buttons">
        <Button onClick={onClose}>Done</Button>
      </div>
    </Dialog>
  );
}

function TraceLine({ of: { event, depth }, isSeenFrom }: { of: TracedEvent; isSeenFrom: boolean }) {
  return (
    <li
      data-tone={toneOf(event.type)}
      style={{ "--depth": depth }}
      {...(isSeenFrom ? { "aria-current": "true" as const } : {})}
    >
      <p class="event-head">
        <a class="event-type" href={accountAddress(event.accountNumber, event.version)}>
          {wordsOf(event.type)}
        </a>
        <span class="mono trace-account">{event.id}</span>
        <Time at={event.createdAt} form="clock" />
      </p>
      <p class="event-about">
        <Actor of={event} />
        {/* Any other stands under its cause. */}
        {depth === 0 ? <Cause of={event} /> : null}
      </p>
    </li>
  );
}
