// What the map says, as tables: for whoever does not see a drawing, and for what is too much to draw.

import type { ComponentChildren } from "preact";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Badge } from "../../parts/status.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { durationWords, numberWords, plural } from "../../parts/words.ts";
import { isCalled, narrowedTo, type SystemMap } from "./map-graph.ts";

type MappedEvent = SystemMap["events"][number];
type MappedFunction = SystemMap["functions"][number];
type MappedSubscription = SystemMap["subscriptions"][number];

export function MapLists({ map, search }: { map: SystemMap; search: string }) {
  const matches = (...names: readonly string[]): boolean => names.some((name) => isCalled(name, search));
  const events = map.events.filter((event) =>
    matches(event.type, ...event.commands, ...event.views, ...event.functions),
  );
  const functions = map.functions.filter((each) => matches(each.name, ...each.reactsTo, ...each.sends));
  const subscriptions = map.subscriptions.filter(({ url, types }) => matches(url, ...(types ?? [])));
  return (
    <>
      <Panel title="Events" actions={plural(events.length, "event type")}>
        <Table caption="Each event type" columns={EVENT_COLUMNS} rows={events} keyOf={({ type }) => type} />
      </Panel>
      <div id="functions">
        <Panel title="Functions" actions={plural(functions.length, "function")}>
          {functions.length === 0 ? <Empty title="No functions here" /> : null}
          {functions.length === 0 ? null : (
            <Table
              caption="Each function"
              columns={FUNCTION_COLUMNS}
              rows={functions}
              keyOf={({ name }) => name}
            />
          )}
        </Panel>
      </div>
      <Panel title="Webhooks" actions={plural(subscriptions.length, "subscription")}>
        {subscriptions.length === 0 ? (
          <Empty title="Nobody has events delivered">
            <a href="/operations/subscriptions">Subscriptions</a> tell other services of events.
          </Empty>
        ) : (
          <Table
            caption="Each subscription"
            columns={SUBSCRIPTION_COLUMNS}
            rows={subscriptions}
            keyOf={({ id }) => id}
          />
        )}
      </Panel>
    </>
  );
}

const EVENT_COLUMNS: readonly Column<MappedEvent>[] = [
  { title: "Event", cell: ({ type }) => <EventLink type={type} /> },
  {
    title: "In 5 min",
    align: "end",
    // Another service's are not in the feed, and not counted.
    cell: ({ commands, lagMs }) => (commands.length === 0 ? "–" : numberWords(lagMs.events)),
    isExtra: true,
  },
  {
    title: "Lag, p99",
    align: "end",
    cell: ({ lagMs }) => (lagMs.p99 === null ? "–" : durationWords(lagMs.p99)),
    isExtra: true,
  },
  { title: "Comes of", cell: ({ commands }) => names(commands, "another service"), isExtra: true },
  { title: "Changes", cell: ({ views }) => names(views), isExtra: true },
  {
    title: "Sets off",
    cell: ({ functions }) =>
      functions.length > 3
        ? plural(functions.length, "function")
        : linked(functions.map((name) => <FunctionLink key={name} name={name} />)),
  },
];

const FUNCTION_COLUMNS: readonly Column<MappedFunction>[] = [
  { title: "Function", cell: ({ name }) => <FunctionLink name={name} /> },
  {
    title: "Reacts to",
    cell: ({ reactsTo }) => linked(reactsTo.map((type) => <EventLink key={type} type={type} />)),
    isExtra: true,
  },
  { title: "Sends", cell: ({ sends }) => names(sends), isExtra: true },
  { title: "Done", align: "end", cell: ({ reactions }) => numberWords(reactions) },
  {
    title: "Lag",
    align: "end",
    cell: ({ lagMs }) => (lagMs.newest === null ? "–" : durationWords(lagMs.newest)),
    isExtra: true,
  },
  {
    title: "State",
    cell({ waiting, parked }) {
      if (parked > 0) return <Badge tone="bad">{`${numberWords(parked)} parked`}</Badge>;
      if (waiting > 0) return <Badge tone="warn">{`${numberWords(waiting)} waiting`}</Badge>;
      return <Badge tone="good">Up to date</Badge>;
    },
  },
];

const SUBSCRIPTION_COLUMNS: readonly Column<MappedSubscription>[] = [
  {
    title: "Receiver",
    cell: ({ id, url }) => <a href={`/operations/subscriptions/${encodeURIComponent(id)}`}>{url}</a>,
  },
  { title: "Events", cell: ({ types }) => (types === null ? "all" : names(types)), isExtra: true },
  {
    title: "State",
    cell: ({ state }) => <Badge tone={state === "active" ? "good" : "warn"}>{state}</Badge>,
  },
  { title: "Behind", align: "end", cell: ({ lag }) => numberWords(lag) },
];

function EventLink({ type }: { type: string }) {
  return (
    <a class="mono" href={narrowedTo({ event: type })}>
      {type}
    </a>
  );
}

function FunctionLink({ name }: { name: string }) {
  return (
    <a class="mono" href={narrowedTo({ function: name })}>
      {name}
    </a>
  );
}

const names = (all: readonly string[], none = "–"): ComponentChildren =>
  all.length === 0 ? none : <span class="mono">{all.join(", ")}</span>;

const linked = (links: readonly ComponentChildren[]): ComponentChildren =>
  links.length === 0 ? "–" : links.flatMap((each, place) => (place === 0 ? [each] : [", ", each]));
