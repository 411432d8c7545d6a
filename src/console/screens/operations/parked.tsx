// What is parked: accounts and functions that can't go on, and messages that can't be read, each with the reason.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { Problem } from "../../../client/problem.ts";
import { nextPage } from "../../api/pages.ts";
import { type Answer, act } from "../../api/service.ts";
import { hrefWith, useQuery } from "../../api/use-query.ts";
import { ANY_EVENT, useResource } from "../../api/use-resource.ts";
import { ActionButton, Button } from "../../parts/button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ShowOthers, useHeldBack } from "../../parts/held-back.tsx";
import { Panel } from "../../parts/panel.tsx";
import { problemWords } from "../../parts/problem-words.ts";
import { Shown } from "../../parts/resource.tsx";
import { type Column, Pager, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";
import { numberWords, plural } from "../../parts/words.ts";
import { KeptMessage } from "./kept-message.tsx";
import { OperationsScreen } from "./operations-screen.tsx";
import { replayFunction } from "./replay-parked.ts";

type ParkedList = Answer<"listParked">;
type Item = ParkedList["items"][number];

const PATH = "/operations/parked";
const API_PATH = "/v1/operations/parked";
const READ_EVERY_MS = 5_000;
const NONE: readonly Item[] = [];

export function Parked() {
  const [{ function: only = "", message = "", ...page }, setQuery] = useQuery();
  const { path } = useLocation();
  const href = hrefWith(API_PATH, { ...page, function: only });
  const parked = useResource<"listParked">(href, { onEvent: ANY_EVENT, everyMs: READ_EVERY_MS });
  const held = useHeldBack(href, parked.value?.items ?? NONE, keyOf);
  const [isAsking, setIsAsking] = useState(false);
  return (
    <OperationsScreen
      title="Parked"
      lead="What can't go on waits here, and holds up nothing else. Once the cause is gone, try it again."
      actions={
        <Button onClick={() => setIsAsking(true)} disabled={!parked.value?.total}>
          Replay all
        </Button>
      }
    >
      <Panel
        title="Waiting for you"
        actions={
          <>
            <ShowOthers of={held} />
            <Counted of={parked.value} only={only} />
          </>
        }
      >
        <Shown of={parked}>
          {({ total, _links: links }) => (
            <>
              {held.shown.length === 0 ? (
                <Nothing only={only} isLaterPage={total > 0} />
              ) : (
                <Table
                  caption="What is parked"
                  columns={columnsWith(parked.refresh)}
                  rows={held.shown}
                  keyOf={keyOf}
                />
              )}
              <Pager
                first={Object.keys(page).length === 0 ? null : hrefWith(path, { function: only })}
                next={nextPage(path, links)}
              />
            </>
          )}
        </Shown>
      </Panel>
      {isAsking && parked.value !== null ? (
        <ReplayAll of={parked.value} only={only} onDone={parked.refresh} onClose={() => setIsAsking(false)} />
      ) : null}
      {message === "" ? null : (
        <KeptMessage href={message} onDone={parked.refresh} onClose={() => setQuery({ message: "" }, true)} />
      )}
    </OperationsScreen>
  );
}

function Nothing({ only, isLaterPage }: { only: string; isLaterPage: boolean }) {
  if (isLaterPage) return <Empty title="Nothing more is parked">What was on this page went on.</Empty>;
  if (only !== "") {
    return <Empty title="Nothing is parked for this function">It is done with every event of its own.</Empty>;
  }
  return (
    <Empty title="Nothing is parked">
      Every event that came is in the views, and every function is done with its own.
    </Empty>
  );
}

function Counted({ of, only }: { of: ParkedList | null; only: string }) {
  return (
    <>
      {only === "" ? null : (
        <span>
          of the function <span class="mono">{only}</span> · <a href={PATH}>Show all</a>
        </span>
      )}
      {of === null ? null : (
        // A longer one begins further ahead: it is another text then, and not one that moved.
        <span key={of.total} class="parked-total number">
          {numberWords(of.total)} in all
        </span>
      )}
    </>
  );
}

const keyOf = ({ accountNumber, function: name, messageId }: Item): string =>
  `${messageId ?? ""} ${accountNumber ?? ""} ${name ?? ""}`;

const columnsWith = (onDone: () => void): readonly Column<Item>[] => [
  {
    title: "What",
    cell: ({ accountNumber, function: name }) => (
      <span class="stacked">
        {accountNumber === null ? (
          "A message"
        ) : (
          <a class="mono" href={`/accounts/${accountNumber}`}>
            {accountNumber}
          </a>
        )}
        <span class="faint">{name === null ? "" : `function ${name}`}</span>
      </span>
    ),
  },
  { title: "Attempts", align: "end", cell: ({ attempts }) => numberWords(attempts), isExtra: true },
  { title: "Last", cell: ({ at }) => <Time at={at} form="relative" />, isExtra: true },
  {
    title: "Reason",
    cell: (item) => (
      <span class="beside">
        <span class="reason">
          {item.version === null ? "" : `Version ${item.version}: `}
          {item.reason}
        </span>
        <Actions of={item} onDone={onDone} />
      </span>
    ),
  },
];

function Actions({ of: item, onDone }: { of: Item; onDone: () => void }) {
  const [query] = useQuery();
  const { message, replay } = item._links;
  return (
    <span class="row-actions">
      {message === undefined ? null : (
        <a class="button" href={hrefWith(PATH, { ...query, message: message.href })}>
          Read
        </a>
      )}
      {replay === undefined ? null : (
        <Replay href={replay.href} accountNumber={item.accountNumber ?? ""} onDone={onDone} />
      )}
    </span>
  );
}

interface ReplayProps {
  readonly href: string;
  readonly accountNumber: string;
  readonly onDone: () => void;
}

function Replay({ href, accountNumber, onDone }: ReplayProps) {
  async function replay(): Promise<void> {
    const result = await act<"replayParked">("POST", href);
    if (!result.ok) toast(problemWords(result.problem).detail, "bad");
    else if (result.value.parked) toast(`${accountNumber} is parked again: its reason is still there`, "bad");
    else toast(`${accountNumber} goes on: its views are at version ${result.value.version}`);
    onDone();
  }
  return (
    <ActionButton onAct={replay} aria-label={`Replay ${accountNumber}`}>
      Replay
    </ActionButton>
  );
}

interface ReplayAllProps {
  readonly of: ParkedList;
  /** Of this function alone; "" is everything. */
  readonly only: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function ReplayAll({ of: { total, _links: links }, only, onDone, onClose }: ReplayAllProps) {
  async function replay(): Promise<Problem | null> {
    if (only !== "") {
      const problem = await replayFunction(only, API_PATH);
      onDone();
      return problem;
    }
    const result = await act<"replayAllParked">("POST", links.replay.href);
    if (!result.ok) return result.problem;
    toast(`${plural(result.value.replaying, "account is", "accounts are")} tried again`);
    onDone();
    return null;
  }
  return (
    <Confirm title="Try all of it again?" action="Replay all" onConfirm={replay} onClose={onClose}>
      <p>
        {plural(total, "thing is", "things are")} parked. Each goes on by itself; what fails again stays
        parked. Messages that no account could be read from stay until they are discarded.
      </p>
    </Confirm>
  );
}
