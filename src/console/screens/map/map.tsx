// The system map: commands, events, views, functions and followers, what leads to what, and how each of them is.

import { useLocation } from "preact-iso";
import { hrefWith, useQuery } from "../../api/use-query.ts";
import { ANY_EVENT, useResource } from "../../api/use-resource.ts";
import { Empty } from "../../parts/empty.tsx";
import { Field } from "../../parts/field.tsx";
import { Skeleton } from "../../parts/loading.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Shown } from "../../parts/resource.tsx";
import { Screen } from "../../parts/screen.tsx";
import { MapDrawing } from "./map-drawing.tsx";
import { graphOf, type SystemMap } from "./map-graph.ts";
import { MapLists } from "./map-lists.tsx";
import "./map.css";

/** Lags change without any event. */
const READ_EVERY_MS = 5_000;

export function SystemMapScreen() {
  const [{ event = "", function: only = "", q = "" }] = useQuery();
  const map = useResource<"getMap">(hrefWith("/v1/map", { event, function: only }), {
    onEvent: ANY_EVENT,
    everyMs: READ_EVERY_MS,
  });
  return (
    <Screen
      title="System map"
      lead="What leads to what: commands to events, events to views and functions, and functions to commands again."
    >
      <Filters />
      <Shown of={map} loading={<Waiting />}>
        {(value) => <Mapped map={value} search={q} />}
      </Shown>
    </Screen>
  );
}

function Mapped({ map, search }: { map: SystemMap; search: string }) {
  const graph = graphOf(map, search);
  return (
    <>
      <Panel title="What leads to what" actions={<Legend />}>
        {graph.nodes.length === 0 ? (
          <div class="map-box map-empty">
            <Empty title={`Nothing on the map is called “${search}”`}>
              <p>Commands, events, views, functions and receivers of webhooks are looked for.</p>
            </Empty>
          </div>
        ) : (
          <MapDrawing graph={graph} />
        )}
      </Panel>
      <MapLists map={map} search={search} />
    </>
  );
}

function Filters() {
  const [query] = useQuery();
  const { route } = useLocation();
  const { event, function: only, q = "" } = query;
  return (
    <search class="map-filters">
      <Field label="Search the map" isLabelHidden>
        {(attributes) => (
          <input
            {...attributes}
            type="search"
            placeholder="Search: suspend, onboarding, orders.example …"
            value={q}
            onInput={({ currentTarget }) =>
              // In the place of the address before it: going back is not one letter back.
              route(hrefWith("/map", { ...query, q: currentTarget.value }), true)
            }
          />
        )}
      </Field>
      {event ? <Narrowed what="Event" name={event} without={{ ...query, event: "" }} /> : null}
      {only ? <Narrowed what="Function" name={only} without={{ ...query, function: "" }} /> : null}
    </search>
  );
}

interface NarrowedProps {
  readonly what: string;
  readonly name: string;
  readonly without: Readonly<Record<string, string | undefined>>;
}

function Narrowed({ what, name, without }: NarrowedProps) {
  return (
    <span class="map-chip">
      {what} <span class="mono">{name}</span>
      <a href={hrefWith("/map", without)} aria-label={`Show more than the ${what.toLowerCase()} ${name}`}>
        ✕
      </a>
    </span>
  );
}

const LEGEND = [
  ["command", "Command"],
  ["event", "Event"],
  ["view", "View"],
  ["function", "Function"],
  ["follower", "Follower"],
] as const;

function Legend() {
  return (
    <ul class="map-legend" aria-label="Colours">
      {LEGEND.map(([kind, word]) => (
        <li key={kind} data-kind={kind}>
          {word}
        </li>
      ))}
    </ul>
  );
}

/** As large as the map will be. */
function Waiting() {
  return (
    <Panel title="What leads to what" actions={<Legend />}>
      <div class="map-box map-empty" aria-busy="true">
        <Skeleton width="60%" height="8rem" />
      </div>
    </Panel>
  );
}
