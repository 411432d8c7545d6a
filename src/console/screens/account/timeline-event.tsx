// One event: what happened, when, why, by whom, and because of what.

import { useLocation } from "preact-iso";
import type { EventRepresentation } from "../../../http/representations.ts";
import { hrefWith } from "../../api/use-query.ts";
import { accountAddress, inboxEventAddress } from "../../parts/addresses.ts";
import { Time } from "../../parts/time.tsx";
import { numberWords, wordsOf } from "../../parts/words.ts";
import { addressOf, functionOf, inboxNumberOf, reasonOf, toneOf } from "./event-words.ts";

interface TimelineEventProps {
  readonly of: EventRepresentation;
  /** The one that one travelled to. */
  readonly isCurrent: boolean;
  readonly newest: number;
}

/** Trace ids are long, and told apart by how they begin. */
const TRACE_CHARACTERS = 8;

export function TimelineEvent({ of, isCurrent, newest }: TimelineEventProps) {
  const { accountNumber, version, type, createdAt, metadata } = of;
  const { path, query } = useLocation();
  const reason = reasonOf(of);
  return (
    <li class="event" data-tone={toneOf(type)} {...(isCurrent ? { "aria-current": "true" as const } : {})}>
      <p class="event-head">
        <a class="event-type" href={accountAddress(accountNumber, version === newest ? undefined : version)}>
          {wordsOf(type)}
        </a>
        <span class="event-version number">version {numberWords(version)}</span>
        <Time at={createdAt} />
      </p>
      {reason === null ? null : (
        <p class="event-reason">
          <q>{reason}</q>
        </p>
      )}
      <p class="event-about">
        <Actor of={of} />
        <Cause of={of} />
        <a
          href={hrefWith(path, { ...query, trace: String(version) })}
          title={`Trace ${metadata.correlationId}`}
          aria-label={`Trace of version ${version}`}
        >
          trace <span class="mono">{metadata.correlationId.slice(0, TRACE_CHARACTERS)}</span>
        </a>
      </p>
    </li>
  );
}

export function Actor({ of }: { of: EventRepresentation }) {
  const byFunction = functionOf(of);
  if (byFunction === null) return <span>by {of.metadata.actor}</span>;
  return (
    <span>
      by function <a href={hrefWith("/map", { function: byFunction })}>{byFunction}</a>
    </span>
  );
}

/** Without a cause somebody asked for it. The cause may be an event of another account, or of another service. */
export function Cause({ of: { accountNumber, metadata } }: { of: EventRepresentation }) {
  const { causationId } = metadata;
  if (causationId === null) return null;
  return (
    <span>
      because of <CauseLink eventId={causationId} seenFrom={accountNumber} />
    </span>
  );
}

function CauseLink({ eventId, seenFrom }: { eventId: string; seenFrom: string }) {
  const cause = addressOf(eventId);
  if (cause !== null)
    return (
      <a href={accountAddress(cause.accountNumber, cause.version)}>
        {cause.accountNumber === seenFrom ? "" : <span class="mono">{cause.accountNumber} </span>}
        version {numberWords(cause.version)}
      </a>
    );
  const number = inboxNumberOf(eventId);
  if (number === null) return <span class="mono">{eventId}</span>;
  return <a href={inboxEventAddress(number)}>event {number} of the inbox</a>;
}
