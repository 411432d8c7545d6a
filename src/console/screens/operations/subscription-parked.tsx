// The accounts whose events a receiver refused for days: each with its reason, to be delivered again.

import { type Answer, act } from "../../api/service.ts";
import { useResource } from "../../api/use-resource.ts";
import { ActionButton } from "../../parts/button.tsx";
import { Panel } from "../../parts/panel.tsx";
import { problemWords } from "../../parts/problem-words.ts";
import { Shown } from "../../parts/resource.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";
import { numberWords, plural } from "../../parts/words.ts";

type Item = Answer<"listSubscriptionParked">["items"][number];
type Replay = (href: string) => Promise<void>;

const READ_EVERY_MS = 5_000;

interface SubscriptionParkedProps {
  readonly of: Answer<"getSubscription">;
  readonly onDone: () => void;
}

export function SubscriptionParked({ of, onDone }: SubscriptionParkedProps) {
  const parked = useResource<"listSubscriptionParked">(of._links.parked.href, { everyMs: READ_EVERY_MS });
  async function replay(replayHref: string): Promise<void> {
    const result = await act<"replaySubscriptionAccount">("POST", replayHref, {});
    if (result.ok) toast("Its events are delivered again");
    else toast(problemWords(result.problem).detail, "bad");
    parked.refresh();
    onDone();
  }
  return (
    <Panel
      title="Could not be delivered"
      // All of them: what is listed has an end.
      actions={plural(of.parked, "account")}
    >
      <Shown of={parked}>
        {({ items }) => (
          <Table
            caption="Accounts whose events could not be delivered"
            // To a receiver that is gone nothing is delivered again.
            columns={columnsWith(of.state === "gone" ? null : replay)}
            rows={items}
            keyOf={({ accountNumber }) => accountNumber}
          />
        )}
      </Shown>
    </Panel>
  );
}

const columnsWith = (replay: Replay | null): readonly Column<Item>[] => [
  {
    title: "Account",
    cell: ({ accountNumber }) => (
      <a class="mono" href={`/accounts/${accountNumber}`}>
        {accountNumber}
      </a>
    ),
  },
  {
    title: "Events",
    cell: ({ version, upToVersion }) =>
      version === upToVersion ? `version ${version}` : `versions ${version} to ${upToVersion}`,
  },
  { title: "Attempts", align: "end", cell: ({ attempts }) => numberWords(attempts), isExtra: true },
  {
    title: "Last",
    cell: ({ failedAt }) => (failedAt === null ? "–" : <Time at={failedAt} form="relative" />),
    isExtra: true,
  },
  {
    title: "Reason",
    cell: ({ accountNumber, reason, _links: links }) => (
      <span class="beside">
        <span class="reason">{reason ?? "–"}</span>
        {replay === null ? null : (
          <ActionButton onAct={() => replay(links.replay.href)} aria-label={`Replay ${accountNumber}`}>
            Replay
          </ActionButton>
        )}
      </span>
    ),
  },
];
