// How the processing is: how far, how late, what waits, what is parked.

import { useResource } from "../../api/use-resource.ts";
import { Skeleton } from "../../parts/loading.tsx";
import { Figure, Figures, Panel } from "../../parts/panel.tsx";
import { Shown } from "../../parts/resource.tsx";
import { durationWords, numberWords, plural } from "../../parts/words.ts";

/** Lag and backlog change without any event. */
const READ_EVERY_MS = 5_000;

const LABELS = ["Events", "Lag, median", "Lag, p99", "Backlog", "Unpublished", "Parked"] as const;

export function SystemFigures() {
  const status = useResource<"getStatus">("/v1/operations/status", { everyMs: READ_EVERY_MS });
  return (
    <Panel title="Processing">
      <Shown of={status} loading={<WaitingFigures />}>
        {({ feedPosition, lagMs, backlog, parked, unpublished }) => (
          <Figures>
            <Figure label={LABELS[0]} value={numberWords(feedPosition)} note="in the feed, ever" />
            <Figure label={LABELS[1]} value={lagWords(lagMs.p50)} note="from commit to view" />
            <Figure
              label={LABELS[2]}
              value={lagWords(lagMs.p99)}
              note={`of ${plural(lagMs.events, "event")} in 5 min`}
            />
            <Figure
              label={LABELS[3]}
              value={numberWords(backlog["account-events"].messages)}
              note="messages waiting"
            />
            <Figure
              label={LABELS[4]}
              value={numberWords(unpublished.accounts)}
              note={unpublished.accounts === 0 ? "all is sent" : "accounts not sent yet"}
            />
            <Figure
              label={LABELS[5]}
              value={numberWords(parked)}
              note={
                parked === 0 ? "no account is stuck" : <a href="/operations/parked">see why, and replay</a>
              }
            />
          </Figures>
        )}
      </Shown>
    </Panel>
  );
}

function WaitingFigures() {
  return (
    <Figures>
      {LABELS.map((label) => (
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

/** Nothing was projected lately: that is no lag, and not one of 0. */
const lagWords = (milliseconds: number | null): string =>
  milliseconds === null ? "–" : durationWords(milliseconds);
