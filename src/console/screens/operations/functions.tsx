// The functions: what each reacts to, how far it is, how late, what waits for it, and where it fails.

import type { Answer } from "../../api/service.ts";
import { hrefWith } from "../../api/use-query.ts";
import { ANY_EVENT, useResource } from "../../api/use-resource.ts";
import { ActionButton } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/panel.tsx";
import { problemWords } from "../../parts/problem-words.ts";
import { Shown } from "../../parts/resource.tsx";
import { Badge } from "../../parts/status.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";
import { durationWords, numberWords, plural } from "../../parts/words.ts";
import { OperationsScreen } from "./operations-screen.tsx";
import { replayFunction } from "./replay-parked.ts";

type FunctionList = Answer<"listFunctions">;
type Described = FunctionList["items"][number];

const READ_EVERY_MS = 5_000;

export function Functions() {
  const functions = useResource<"listFunctions">("/v1/operations/functions", {
    onEvent: ANY_EVENT,
    everyMs: READ_EVERY_MS,
  });
  return (
    <OperationsScreen
      title="Functions"
      lead="What happens by itself: each reacts to events with commands, and is deployed on its own."
    >
      <Panel title="Functions" actions={<Backlog of={functions.value} />}>
        <Shown of={functions}>
          {(list) =>
            list.items.length === 0 ? (
              <Empty title="No function is bound">
                Events are followed by no commands but those of callers.
              </Empty>
            ) : (
              <Table
                caption="Each function"
                columns={columnsWith(list, functions.refresh)}
                rows={list.items}
                keyOf={({ name }) => name}
              />
            )
          }
        </Shown>
      </Panel>
    </OperationsScreen>
  );
}

function Backlog({ of }: { of: FunctionList | null }) {
  if (of === null) return null;
  return <span class="number">{plural(of.backlog.messages, "message")} in their queue</span>;
}

const columnsWith = (list: FunctionList, onDone: () => void): readonly Column<Described>[] => [
  {
    title: "Function",
    cell: ({ name, reactsTo }) => (
      <span class="stacked">
        <a class="mono" href={hrefWith("/map", { function: name })}>
          {name}
        </a>
        <span class="faint">{reactsTo.join(", ")}</span>
      </span>
    ),
  },
  {
    title: "State",
    cell: (each) => (
      <span class="beside">
        <State of={each} />
        <Replay name={each.name} parked={each.parked} list={list} onDone={onDone} />
      </span>
    ),
  },
  { title: "Done", align: "end", cell: ({ reactions }) => numberWords(reactions) },
  {
    title: "Position",
    cell: ({ position }) =>
      position === null ? (
        "–"
      ) : (
        <span class="stacked">
          <span class="mono">{position.eventId}</span>
          <span class="faint">
            <Time at={position.at} form="relative" />
          </span>
        </span>
      ),
    isExtra: true,
  },
  { title: "Lag", align: "end", cell: ({ lagMs }) => lagWords(lagMs.newest), isExtra: true },
  {
    title: "Oldest waiting",
    align: "end",
    cell: ({ lagMs }) => lagWords(lagMs.oldestWaiting),
    isExtra: true,
  },
];

function State({ of: { name, waiting, parked } }: { of: Described }) {
  if (parked > 0) {
    return (
      <a href={hrefWith("/operations/parked", { function: name })}>
        <Badge tone="bad">{`${numberWords(parked)} parked`}</Badge>
      </a>
    );
  }
  if (waiting > 0) return <Badge tone="warn">{`${numberWords(waiting)} waiting`}</Badge>;
  return <Badge tone="good">Up to date</Badge>;
}

const lagWords = (milliseconds: number | null): string =>
  milliseconds === null ? "–" : durationWords(milliseconds);

interface ReplayProps {
  readonly name: string;
  readonly parked: number;
  readonly list: FunctionList;
  readonly onDone: () => void;
}

/** Every account for which it is parked, one after another. */
function Replay({ name, parked, list, onDone }: ReplayProps) {
  async function replay(): Promise<void> {
    const problem = await replayFunction(name, list._links.parked.href);
    if (problem !== null) toast(problemWords(problem).detail, "bad");
    onDone();
  }
  return parked === 0 ? null : (
    <ActionButton onAct={replay} aria-label={`Replay ${name}`}>
      Replay
    </ActionButton>
  );
}
