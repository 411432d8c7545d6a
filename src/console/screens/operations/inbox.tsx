// The inbox: events of other services, what became of each, and a way to handle them again.

import { type Answer, act } from "../../api/service.ts";
import { hrefWith, useQuery } from "../../api/use-query.ts";
import { useResource } from "../../api/use-resource.ts";
import { ActionButton, Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Field } from "../../parts/field.tsx";
import { ShowOthers, useHeldBack } from "../../parts/held-back.tsx";
import { Panel } from "../../parts/panel.tsx";
import { problemWords } from "../../parts/problem-words.ts";
import { Shown } from "../../parts/resource.tsx";
import { Badge, type Tone } from "../../parts/status.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";
import { plural, wordsOf } from "../../parts/words.ts";
import { OperationsScreen } from "./operations-screen.tsx";

type InboxList = Answer<"listInbox">;
type Item = InboxList["items"][number];

const PATH = "/operations/inbox";
const API_PATH = "/v1/inbox";
const READ_EVERY_MS = 5_000;
const NONE: readonly Item[] = [];

const TONES: Readonly<Record<Item["state"], Tone>> = {
  stored: "info",
  handled: "good",
  ignored: "muted",
  parked: "bad",
};

export function Inbox() {
  const [{ state = "", event = "" }, setQuery] = useQuery();
  const href = hrefWith(API_PATH, { state });
  const inbox = useResource<"listInbox">(href, { everyMs: READ_EVERY_MS });
  const held = useHeldBack(href, inbox.value?.items ?? NONE, ({ number }) => number);
  async function replay(href: string): Promise<void> {
    const result = await act<"replayInbox">("POST", href);
    if (result.ok) toast(`${plural(result.value.replaying, "event is", "events are")} handled again`);
    else toast(problemWords(result.problem).detail, "bad");
    inbox.refresh();
  }
  return (
    <OperationsScreen
      title="Inbox"
      lead="What other services tell of. Each event is stored, answered, and handled once."
      actions={
        inbox.value === null ? null : <ReplayAll href={inbox.value._links.replay.href} replay={replay} />
      }
    >
      <Panel
        title="Events"
        actions={
          <>
            <ShowOthers of={held} />
            <Field label="State" isLabelHidden>
              {(attributes) => (
                <select
                  {...attributes}
                  value={state}
                  onChange={({ currentTarget }) => setQuery({ state: currentTarget.value })}
                >
                  <option value="">Every state</option>
                  {Object.keys(TONES).map((each) => (
                    <option key={each} value={each}>
                      {wordsOf(each)}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          </>
        }
      >
        <Shown of={inbox}>
          {() =>
            held.shown.length === 0 ? (
              <Empty title={state === "" ? "Nothing came yet" : `Nothing is ${state}`}>
                Events of other services come by <code>POST {API_PATH}</code>.
              </Empty>
            ) : (
              <Table
                caption="Each event that came"
                columns={columnsWith(replay, state)}
                rows={held.shown}
                keyOf={({ number }) => number}
              />
            )
          }
        </Shown>
      </Panel>
      {event === "" ? null : <Whole number={event} onClose={() => setQuery({ event: "" }, true)} />}
    </OperationsScreen>
  );
}

interface ReplayAllProps {
  readonly href: string;
  readonly replay: (href: string) => Promise<void>;
}

function ReplayAll({ href, replay }: ReplayAllProps) {
  return <ActionButton onAct={() => replay(href)}>Replay all that is parked</ActionButton>;
}

const columnsWith = (replay: (href: string) => Promise<void>, state: string): readonly Column<Item>[] => [
  {
    title: "Event",
    cell: ({ number, type, source, id }) => (
      <span class="stacked">
        <a class="mono" href={hrefWith(PATH, { state, event: String(number) })}>
          {type}
        </a>
        <span class="faint">
          {source} · {id}
        </span>
      </span>
    ),
  },
  {
    title: "State",
    cell: ({ number, state: own, _links: links }) => (
      <span class="beside">
        <Badge tone={TONES[own]}>{wordsOf(own)}</Badge>
        {own === "parked" || own === "ignored" ? (
          <ActionButton
            onAct={() => replay(`${links.self.href}/replay`)}
            aria-label={`Replay event ${number}`}
          >
            Replay
          </ActionButton>
        ) : null}
      </span>
    ),
  },
  { title: "Reason", cell: ({ reason }) => <span class="reason">{reason ?? "–"}</span>, isExtra: true },
  { title: "Came", cell: ({ receivedAt }) => <Time at={receivedAt} form="relative" />, isExtra: true },
];

function Whole({ number, onClose }: { number: string; onClose: () => void }) {
  const event = useResource<"getInboxEvent">(`${API_PATH}/${encodeURIComponent(number)}`);
  return (
    <Dialog title={`Event ${number} of the inbox`} onClose={onClose}>
      <Shown of={event}>
        {({ event: whole, state, reason }) => (
          <>
            <p>
              <Badge tone={TONES[state]}>{wordsOf(state)}</Badge> {reason}
            </p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it may be long, and the arrow keys scroll it */}
            <section class="message" tabIndex={0} aria-label="The event">
              <pre>
                <code>{JSON.stringify(whole, null, 2)}</code>
              </pre>
            </section>
          </>
        )}
      </Shown>
      <div class="dialog-buttons">
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  );
}
