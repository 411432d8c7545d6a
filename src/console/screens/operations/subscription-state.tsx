// How a subscription is, in a word or two: the worst first.

import type { Answer } from "../../api/service.ts";
import { Badge } from "../../parts/status.tsx";
import { numberWords } from "../../parts/words.ts";

type Subscription = Pick<Answer<"getSubscription">, "state" | "parked" | "retrying">;

export function SubscriptionState({ of: { state, parked, retrying } }: { of: Subscription }) {
  switch (state) {
    case "gone":
      return <Badge tone="bad">Gone</Badge>;
    case "parked":
      return <Badge tone="bad">Parked</Badge>;
    case "resting":
      return <Badge tone="warn">Resting</Badge>;
    case "active":
      if (parked > 0) return <Badge tone="bad">{`${numberWords(parked)} parked`}</Badge>;
      if (retrying > 0) return <Badge tone="warn">{`${numberWords(retrying)} retrying`}</Badge>;
      return <Badge tone="good">Active</Badge>;
    default:
      return state satisfies never;
  }
}
