// How the processing is, whole: how far, how late, what waits in which queue, what is parked, what was verified.

import type { Answer } from "../../api/service.ts";
import { ANY_EVENT, useResource } from "../../api/use-resource.ts";
import { Skeleton } from "../../parts/loading.tsx";
import { Figure, Figures, Panel } from "../../parts/panel.tsx";
import { Shown } from "../../parts/resource.tsx";
import { Time } from "../../parts/time.tsx";
import { durationWords, numberWords, plural } from "../../parts/words.ts";
import { walkPath } from "./walk-path.ts";

type Status = Answer<"getStatus">;
type Backlog = Status["backlog"]["account-events"];

const READ_EVERY_MS = 5_000;
const LABELS = [
  "Feed",
  "Lag, p99",
  "Not published",
  "Events queue",
  "Repairs queue",
  "Dead letters",
  "Parked",
  "Inbox",
  "Live streams",
  "Verified",
];

export function StatusFigures() {
  const status = useResource<"getStatus">("/v1/operations/status", {
    onEvent: ANY_EVENT,
    everyMs: READ_EVERY_MS,
  });
  return (
    <Panel title="Status">
      <Shown of={status} loading={<Waiting />}>
        {(value) => <AllFigures of={value} />}
      </Shown>
    </Panel>
  );
}

function AllFigures({ of: status }: { of: Status }) {
  const { feedPosition, lagMs, unpublished, backlog, parked, inbox, liveStreams } = status;
  const { stored = 0, parked: parkedInbox = 0 } = inbox ?? {};
  return (
    <Figures>
      <Figure label="Feed" value={numberWords(feedPosition)} note="events, ever" />
      <Figure
        label="Lag, p99"
        value={lagMs.p99 === null ? "–" : durationWords(lagMs.p99)}
        note={
          lagMs.p50 === null
            ? "nothing in the last 5 min"
            : `${durationWords(lagMs.p50)} in the middle, of ${plural(lagMs.events, "event")}`
        }
      />
      <Figure
        label="Not published"
        value={numberWords(unpublished.accounts)}
        note={
          unpublished.oldestAt === null ? (
            "accounts"
          ) : (
            <>
              accounts, oldest <Time at={unpublished.oldestAt} form="relative" />
            </>
          )
        }
      />
      <QueueFigure label="Events queue" of={backlog["account-events"]} />
      <QueueFigure label="Repairs queue" of={backlog["account-repairs"]} />
      <QueueFigure label="Dead letters" of={backlog["account-events-dead"]} />
      <Figure
        label="Parked"
        value={<a href="/operations/parked">{numberWords(parked)}</a>}
        note={parked === 0 ? "nothing is stuck" : "waiting for you"}
      />
      <Figure
        label="Inbox"
        value={<a href="/operations/inbox">{numberWords(stored)}</a>}
        note={parkedInbox === 0 ? "waiting" : `waiting, ${numberWords(parkedInbox)} parked`}
      />
      <Figure label="Live streams" value={numberWords(liveStreams)} note="open" />
      <LastVerification of={status} />
    </Figures>
  );
}

function QueueFigure({ label, of: { messages, oldestAt } }: { label: string; of: Backlog }) {
  return (
    <Figure
      label={label}
      value={numberWords(messages)}
      note={
        oldestAt === null ? (
          "messages wait"
        ) : (
          <>
            messages, oldest <Time at={oldestAt} form="relative" />
          </>
        )
      }
    />
  );
}

function LastVerification({ of: { lastVerification: last, _links: links } }: { of: Status }) {
  const href = links["last-verification"]?.href;
  if (last === null || href === undefined) {
    return <Figure label="Verified" value="–" note="not yet" />;
  }
  return (
    <Figure
      label="Verified"
      value={<a href={walkPath(href)}>{last.found === 0 ? "agrees" : numberWords(last.found)}</a>}
      note={
        <>
          {last.found === 0 ? "" : `differences, ${numberWords(last.mended)} mended, `}
          <Time at={last.finishedAt} form="relative" />
        </>
      }
    />
  );
}

function Waiting() {
  return (
    <Figures>
      {LABELS.map((label) => (
        <Figure
          key={label}
          label={label}
          value={<Skeleton width="3ch" height="0.8em" />}
          note={<Skeleton width="10ch" />}
        />
      ))}
    </Figures>
  );
}
