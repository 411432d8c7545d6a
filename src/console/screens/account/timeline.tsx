// The events of an account, newest first: each with its cause, who caused it, and a way to travel there.

import { useEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import { hrefWith } from "../../api/use-query.ts";
import { Failure } from "../../parts/failure.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Panel } from "../../parts/panel.tsx";
import { useHold } from "../../parts/use-hold.ts";
import { plural } from "../../parts/words.ts";
import { pageOf, windowOf } from "./log-window.ts";
import { TimelineEvent } from "./timeline-event.tsx";
import type { Events } from "./use-events.ts";
import "../../parts/pager.css";
import "./timeline.css";

interface TimelineProps {
  readonly log: Events;
  readonly newest: number;
  /** Null is the newest. */
  readonly page: number | null;
  /** Where one is. */
  readonly version: number;
}

export function Timeline({ log, newest, page, version }: TimelineProps) {
  const { events, isReading, problem, retry } = log;
  const box = useRef<HTMLDivElement>(null);
  const { held, attributes } = useHold(newest);
  const shown = events.filter((event) => event.version <= held);
  const others = events.length - shown.length;
  const first = events[0]?.version;
  // Whoever is at the newest travels nowhere as a newer one comes, and reads on where they read.
  const travelledTo = version === newest ? null : version;
  useEffect(() => {
    // The list is scrolled alone, where it is one that scrolls: the page stays where it is.
    const marked = box.current?.querySelector<HTMLElement>("[aria-current]");
    if (box.current === null || marked === null || marked === undefined) return;
    const { top, bottom } = marked.getBoundingClientRect();
    const bounds = box.current.getBoundingClientRect();
    if (top < bounds.top || bottom > bounds.bottom) {
      box.current.scrollTop += top - bounds.top - (bounds.height - marked.offsetHeight) / 2;
    }
    // `first`: what is marked may only come with its page.
    void [travelledTo, first];
  }, [travelledTo, first]);

  return (
    <Panel
      title="Events"
      actions={
        others === 0 ? (
          <span key="newest" class="number">
            {plural(newest, "event")}, newest first
          </span>
        ) : (
          // An element of its own: a text that grows to the left would be moved.
          <span key="held" class="number">
            Held while you are in it: {plural(others, "event")} since
          </span>
        )
      }
    >
      <div ref={box} class="timeline-box" {...attributes}>
        {problem === null ? null : <Failure problem={problem} retry={retry} />}
        {isReading && events.length === 0 ? <Loading rows={8} what="Reading events" /> : null}
        <ol class="timeline" reversed>
          {shown.toReversed().map((event) => (
            <TimelineEvent
              key={event.version}
              of={event}
              isCurrent={event.version === version}
              newest={newest}
            />
          ))}
        </ol>
      </div>
      <Pages newest={newest} page={page} version={version} />
    </Panel>
  );
}

function Pages({ newest, page, version }: Omit<TimelineProps, "log">) {
  const { path, query } = useLocation();
  const last = pageOf(newest);
  // The newest are two pages: what is older begins before them.
  const older = page === null ? last - 2 : page - 1;
  const isNewest = page === null;
  if (older < 1 && isNewest) return null;
  const pageAddress = (to: number): string => hrefWith(path, { version: query.version, page: String(to) });
  // Where one travels farther back, the newest are come to by travelling.
  const isNear = version > windowOf(newest, null).after;
  return (
    <nav class="pager" aria-label="Pages of events">
      {isNewest ? null : (
        <a class="button" href={hrefWith(path, { version: isNear ? query.version : "" })}>
          Newest
        </a>
      )}
      {isNewest || page >= last - 1 ? null : (
        <a class="button" href={pageAddress(page + 1)}>
          Newer
        </a>
      )}
      {older < 1 ? null : (
        <a class="button" href={pageAddress(older)}>
          Older
        </a>
      )}
      {older <= 1 ? null : (
        <a class="button" href={pageAddress(1)}>
          First
        </a>
      )}
    </nav>
  );
}
