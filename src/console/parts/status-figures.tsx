// How the processing is, in figures: how far, how late, what waits, what is parked. A screen says which of them it shows.

import type { ComponentChildren } from "preact";
import type { Answer } from "../api/service.ts";
import { ANY_EVENT, useResource } from "../api/use-resource.ts";
import { walkAddress } from "./addresses.ts";
import { Skeleton } from "./loading.tsx";
import { Figure, Figures, Panel } from "./panel.tsx";
import { Shown } from "./resource.tsx";
import { Time } from "./time.tsx";
import { durationWords, numberWords, plural } from "./words.ts";

type Status = Answer<"getStatus">;

/** Lag and backlog change without any event. */
const READ_EVERY_MS = 5_000;

interface Described {
  readonly label: string;
  readonly value: (status: Status) => ComponentChildren;
  readonly note: (status: Status) => ComponentChildren;
}

const oldestOr = (nothing: string, oldestAt: number | null): ComponentChildren =>
  oldestAt === null ? (
    nothing
  ) : (
    <>
      oldest <Time at={oldestAt} form="relative" />
    </>
  );

const queue = (label: string, name: keyof Status["backlog"]): Described => ({
  label,
  value: ({ backlog }) => numberWords(backlog[name].messages),
  note: ({ backlog }) => oldestOr("messages waiting", backlog[name].oldestAt),
});

/** Nothing was projected lately: that is no lag, and not one of 0. */
const lagWords = (milliseconds: number | null): string =>
  milliseconds === null ? "–" : durationWords(milliseconds);

const FIGURES = {
  events: {
    label: "Events",
    value: ({ feedPosition }) => numberWords(feedPosition),
    note: () => "in the feed, ever",
  },
  median: {
    label: "Lag, median",
    value: ({ lagMs }) => lagWords(lagMs.p50),
    note: () => "from commit to view",
  },
  p99: {
    label: "Lag, p99",
    value: ({ lagMs }) => lagWords(lagMs.p99),
    note: ({ lagMs }) => `${plural(lagMs.events, "event")}, 5 min`,
  },
  unpublished: {
    label: "Unpublished",
    value: ({ unpublished }) => numberWords(unpublished.accounts),
    note: ({ unpublished }) => oldestOr("all is sent", unpublished.oldestAt),
  },
  backlog: queue("Backlog", "account-events"),
  repairs: queue("Repairs", "account-repairs"),
  dead: queue("Dead letters", "account-events-dead"),
  parked: {
    label: "Parked",
    value: ({ parked }) => numberWords(parked),
    note: ({ parked }) =>
      parked === 0 ? "nothing is stuck" : <a href="/operations/parked">see why, and replay</a>,
  },
  inbox: {
    label: "Inbox",
    value: ({ inbox }) => <a href="/operations/inbox">{numberWords(inbox?.stored ?? 0)}</a>,
    note: ({ inbox }) =>
      inbox === null || inbox.parked === 0 ? "waiting" : `waiting, ${numberWords(inbox.parked)} parked`,
  },
  streams: {
    label: "Live streams",
    value: ({ liveStreams }) => numberWords(liveStreams),
    note: () => "open",
  },
  verified: { label: "Verified", value: verifiedValue, note: verifiedNote },
} as const satisfies Readonly<Record<string, Described>>;

function verifiedValue({ lastVerification: last, _links: links }: Status): ComponentChildren {
  const href = links["last-verification"]?.href;
  if (last === null || href === undefined) return "–";
  return <a href={walkAddress(href)}>{last.found === 0 ? "agrees" : numberWords(last.found)}</a>;
}

function verifiedNote({ lastVerification: last }: Status): ComponentChildren {
  if (last === null) return "not yet";
  return (
    <>
      {last.found === 0 ? "" : `${numberWords(last.mended)} mended, `}
      <Time at={last.finishedAt} form="relative" />
    </>
  );
}

interface StatusFiguresProps {
  readonly title: string;
  readonly of: readonly (keyof typeof FIGURES)[];
}

export function StatusFigures({ title, of }: StatusFiguresProps) {
  const status = useResource<"getStatus">("/v1/operations/status", {
    onEvent: ANY_EVENT,
    everyMs: READ_EVERY_MS,
  });
  const described = of.map((name) => FIGURES[name]);
  return (
    <Panel title={title}>
      <Shown of={status} loading={<Waiting of={described} />}>
        {(value) => (
          <Figures>
            {described.map(({ label, value: said, note }) => (
              <Figure key={label} label={label} value={said(value)} note={note(value)} />
            ))}
          </Figures>
        )}
      </Shown>
    </Panel>
  );
}

function Waiting({ of }: { of: readonly Described[] }) {
  return (
    <Figures>
      {of.map(({ label }) => (
        <Figure
          key={label}
          label={label}
          value={<Skeleton width="3ch" height="0.8em" />}
          note={<Skeleton width="8ch" />}
        />
      ))}
    </Figures>
  );
}
