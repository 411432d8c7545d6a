// The newest events of all accounts, as they happen: those of one type where the address says so, and held still on demand.

import { useState } from "preact/hooks";
import type { FeedItem } from "../../../http/representations.ts";
import { connection, feedProblem, recentEvents } from "../../api/feed.ts";
import { useQuery } from "../../api/use-query.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Field } from "../../parts/field.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Panel } from "../../parts/panel.tsx";
import { useHold } from "../../parts/use-hold.ts";
import { EVENT_TYPES, plural, wordsOf } from "../../parts/words.ts";
import { FeedLine, LINE_HEIGHT_REM } from "./feed-line.tsx";

/** More than a screen shows is for the accounts' own screens. */
const SHOWN = 40;

export function LiveFeed() {
  const [{ type = "" }, setQuery] = useQuery();
  const [paused, setPaused] = useState<readonly FeedItem[] | null>(null);
  const { held, attributes } = useHold(recentEvents.value);
  const isShown = (item: FeedItem): boolean => type === "" || item.type === type;
  // Where nothing is shown, nothing can be moved; what begins anew holds nothing that was.
  const isHeld = held.some(isShown) && recentEvents.value.length > 0;
  const all = paused ?? (isHeld ? held : recentEvents.value);
  const shown = all.filter(isShown).slice(0, SHOWN);
  const missed = newSince(all, recentEvents.value, type);
  return (
    <Panel
      title="Live feed"
      actions={
        <>
          <TypeFilter type={type} onChoice={(chosen) => setQuery({ type: chosen })} />
          <Button
            aria-pressed={paused !== null}
            onClick={() => setPaused(paused === null ? recentEvents.value : null)}
          >
            {paused === null ? "Pause" : "Resume"}
          </Button>
        </>
      }
    >
      <div class="feed-place" {...attributes}>
        {shown.length === 0 ? <NoEvents type={type} /> : null}
        <ol class="feed" style={{ height: `${shown.length * LINE_HEIGHT_REM}rem` }}>
          {shown.map((item, line) => (
            <FeedLine key={item.position} of={item} line={line} />
          ))}
        </ol>
      </div>
      <p class="feed-foot" role="status">
        {footOf(paused !== null, missed)}
      </p>
    </Panel>
  );
}

function footOf(isPaused: boolean, missed: number): string {
  if (isPaused) return `Paused: ${plural(missed, "event")} since`;
  return missed === 0 ? "Newest first" : `Held while you are in it: ${plural(missed, "event")} since`;
}

function newSince(held: readonly FeedItem[], recent: readonly FeedItem[], type: string): number {
  const newest = held[0]?.position ?? 0;
  return recent.filter((item) => item.position > newest && (type === "" || item.type === type)).length;
}

function TypeFilter({ type, onChoice }: { type: string; onChoice: (type: string) => void }) {
  // An address may name a type that this console does not know yet.
  const types = type === "" || EVENT_TYPES.includes(type) ? EVENT_TYPES : [...EVENT_TYPES, type];
  return (
    <Field label="Type of event" isLabelHidden>
      {(attributes) => (
        <select {...attributes} value={type} onChange={(change) => onChoice(change.currentTarget.value)}>
          <option value="">Every type</option>
          {types.map((name) => (
            <option key={name} value={name}>
              {wordsOf(name)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function NoEvents({ type }: { type: string }) {
  if (feedProblem.value !== null) return <Failure problem={feedProblem.value} />;
  if (connection.value === "connecting") return <Loading rows={8} what="Opening the live feed" />;
  if (type === "") {
    return (
      <Empty title="Waiting for the next event">
        Each event of each account is shown here as it happens.
      </Empty>
    );
  }
  return (
    <Empty title={`None lately: ${wordsOf(type).toLowerCase()}`}>
      None of the newest {plural(recentEvents.value.length, "event")} is of this type. The next one is shown
      here.
    </Empty>
  );
}
