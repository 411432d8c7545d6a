// The subscriptions: who has events delivered, and how each is doing.

import { useState } from "preact/hooks";
import type { Answer } from "../../api/service.ts";
import { ANY_EVENT, useResource } from "../../api/use-resource.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Shown } from "../../parts/resource.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { numberWords, plural } from "../../parts/words.ts";
import { NewSubscription } from "./new-subscription.tsx";
import { OperationsScreen } from "./operations-screen.tsx";
import { SubscriptionState } from "./subscription-state.tsx";

type Listed = Answer<"listSubscriptions">["items"][number];

const HREF = "/v1/subscriptions";
const READ_EVERY_MS = 5_000;

export function Subscriptions() {
  const subscriptions = useResource<"listSubscriptions">(HREF, {
    onEvent: ANY_EVENT,
    everyMs: READ_EVERY_MS,
  });
  const [isAdding, setIsAdding] = useState(false);
  return (
    <OperationsScreen
      title="Subscriptions"
      lead="Each has events posted to an address as they happen: signed, at least once, an account's in order."
      actions={
        <Button kind="primary" onClick={() => setIsAdding(true)}>
          New subscription
        </Button>
      }
    >
      <Panel
        title="Receivers"
        actions={
          subscriptions.value === null ? null : plural(subscriptions.value.items.length, "subscription")
        }
      >
        <Shown of={subscriptions}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="Nobody is told of events yet">
                <p>A subscription posts each event to an address of yours, as a signed CloudEvent.</p>
              </Empty>
            ) : (
              <Table caption="Each subscription" columns={COLUMNS} rows={items} keyOf={({ id }) => id} />
            )
          }
        </Shown>
      </Panel>
      {isAdding ? (
        <NewSubscription href={HREF} onDone={subscriptions.refresh} onClose={() => setIsAdding(false)} />
      ) : null}
    </OperationsScreen>
  );
}

const COLUMNS: readonly Column<Listed>[] = [
  {
    title: "Receiver",
    cell: ({ id, url, types }) => (
      <span class="stacked">
        <a href={`/operations/subscriptions/${encodeURIComponent(id)}`}>{url}</a>
        <span class="faint">{types === null ? "all events" : plural(types.length, "event type")}</span>
      </span>
    ),
  },
  { title: "State", cell: (each) => <SubscriptionState of={each} /> },
  { title: "Position", align: "end", cell: ({ position }) => numberWords(position), isExtra: true },
  { title: "Behind", align: "end", cell: ({ lag }) => numberWords(lag) },
  {
    title: "Last delivery",
    cell: ({ lastDelivery: last }) => (last === null ? "–" : <Time at={last.at} form="relative" />),
    isExtra: true,
  },
  {
    title: "Last failure",
    cell: ({ lastFailure: last }) =>
      last === null ? (
        "–"
      ) : (
        <span class="stacked">
          <span class="reason">{last.reason}</span>
          <span class="faint">
            <Time at={last.at} form="relative" />
          </span>
        </span>
      ),
    isExtra: true,
  },
];
