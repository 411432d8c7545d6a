// One subscription: how far it is, what it delivered and what not, and what can be done about it.

import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import type { Problem } from "../../../client/problem.ts";
import { type Answer, act } from "../../api/service.ts";
import { shownSecret } from "../../api/shown-secret.ts";
import { ANY_EVENT, type Resource, useResource } from "../../api/use-resource.ts";
import { ActionButton, Button } from "../../parts/button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { Figure, Figures, Panel } from "../../parts/panel.tsx";
import { problemWords } from "../../parts/problem-words.ts";
import { Shown } from "../../parts/resource.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";
import { numberWords } from "../../parts/words.ts";
import { OperationsScreen } from "./operations-screen.tsx";
import { SubscriptionParked } from "./subscription-parked.tsx";
import { SubscriptionState } from "./subscription-state.tsx";

type Subscription = Answer<"getSubscription">;

const READ_EVERY_MS = 3_000;

export function SubscriptionScreen() {
  const { id = "" } = useRoute().params;
  const subscription = useResource<"getSubscription">(`/v1/subscriptions/${encodeURIComponent(id)}`, {
    onEvent: ANY_EVENT,
    everyMs: READ_EVERY_MS,
  });
  const { value } = subscription;
  return (
    <OperationsScreen
      title="Subscription"
      heading={
        <span class="heading-badge">
          {value?.url ?? "Subscription"}
          {value === null ? null : <SubscriptionState of={value} />}
        </span>
      }
      actions={value === null ? null : <Actions of={value} onDone={subscription.refresh} />}
    >
      <Panel title="Deliveries">
        <Shown of={subscription}>{(shown) => <Deliveries of={shown} />}</Shown>
      </Panel>
      {value === null ? null : <Waiting of={value} subscription={subscription} />}
    </OperationsScreen>
  );
}

function Deliveries({ of }: { of: Subscription }) {
  const { types, position, lag, lastDelivery, lastFailure, retrying, parked, createdAt, nextAttemptAt } = of;
  return (
    <>
      <Figures>
        <Figure label="Position" value={numberWords(position)} note="of the feed" />
        <Figure label="Behind" value={numberWords(lag)} note={lag === 0 ? "up to date" : "positions"} />
        <Figure
          label="Retrying"
          value={numberWords(retrying)}
          note={
            nextAttemptAt === null ? (
              "accounts"
            ) : (
              <>
                accounts, next <Time at={nextAttemptAt} />
              </>
            )
          }
        />
        <Figure label="Parked" value={numberWords(parked)} note="accounts" />
      </Figures>
      <dl class="facts">
        <div>
          <dt>Events</dt>
          <dd class="mono">{types === null ? "all" : types.join(", ")}</dd>
        </div>
        <div>
          <dt>Last delivery</dt>
          <dd>
            {lastDelivery === null ? (
              "none yet"
            ) : (
              <>
                <span class="mono">{lastDelivery.eventId}</span>,{" "}
                <Time at={lastDelivery.at} form="relative" />
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>Last failure</dt>
          <dd>
            {lastFailure === null ? (
              "none"
            ) : (
              <>
                {lastFailure.reason} (<span class="mono">{lastFailure.eventId}</span>),{" "}
                <Time at={lastFailure.at} form="relative" />
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>Since</dt>
          <dd>
            <Time at={createdAt} />
          </dd>
        </div>
      </dl>
    </>
  );
}

function Waiting({ of, subscription }: { of: Subscription; subscription: Resource<Subscription> }) {
  return of.parked === 0 ? null : <SubscriptionParked of={of} onDone={subscription.refresh} />;
}

type Asked = "rotate" | "delete";

function Actions({ of, onDone }: { of: Subscription; onDone: () => void }) {
  const { route } = useLocation();
  const [asked, setAsked] = useState<Asked | null>(null);
  const onClose = (): void => setAsked(null);
  const { self, secret: secretLink, replay: replayLink } = of._links;

  async function replay(): Promise<void> {
    const result = await act<"replaySubscription">("POST", replayLink.href, {});
    if (result.ok) toast("What waits and what is parked is delivered again");
    else toast(problemWords(result.problem).detail, "bad");
    onDone();
  }
  async function rotate(): Promise<Problem | null> {
    const result = await act<"rotateSubscriptionSecret">("POST", secretLink.href, {});
    if (!result.ok) return result.problem;
    shownSecret.value = { secret: result.value.secret, note: "For a day both sign." };
    return null;
  }
  async function end(): Promise<Problem | null> {
    const result = await act<"unsubscribe">("DELETE", self.href);
    if (!result.ok) return result.problem;
    toast("The subscription is gone");
    route("/operations/subscriptions");
    return null;
  }
  return (
    <>
      {of.state === "gone" ? null : <ActionButton onAct={replay}>Replay</ActionButton>}
      <Button onClick={() => setAsked("rotate")}>Change the secret</Button>
      <Button kind="danger" onClick={() => setAsked("delete")}>
        Delete
      </Button>
      {asked === "rotate" ? (
        <Confirm title="Change the secret?" action="Change it" onConfirm={rotate} onClose={onClose}>
          <p>
            The old one goes on signing beside the new one for a day, so that nothing is refused meanwhile.
          </p>
        </Confirm>
      ) : null}
      {asked === "delete" ? (
        <Confirm title="Delete the subscription?" action="Delete" isDanger onConfirm={end} onClose={onClose}>
          <p>
            Nothing more is sent to <span class="mono">{of.url}</span>, and what waits for it is forgotten.
          </p>
        </Confirm>
      ) : null}
    </>
  );
}
