// The newest rebuilds and verifications: the way back to one that goes on, and to what the last ones found.

import type { Answer } from "../../api/service.ts";
import { useResource } from "../../api/use-resource.ts";
import { walkAddress } from "../../parts/addresses.ts";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Shown } from "../../parts/resource.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { durationWords, numberWords } from "../../parts/words.ts";
import { WalkState } from "./walk-state.tsx";

type Listed = Answer<"listRebuilds">["items"][number] | Answer<"listVerifications">["items"][number];

/** More of them are for whoever asks the API. */
const SHOWN = 8;
const READ_EVERY_MS = 5_000;

export function NewestWalks() {
  const rebuilds = useResource<"listRebuilds">("/v1/operations/rebuilds", { everyMs: READ_EVERY_MS });
  const verifications = useResource<"listVerifications">("/v1/operations/verifications", {
    everyMs: READ_EVERY_MS,
  });
  return (
    <Panel title="Newest rebuilds and verifications">
      <Shown of={rebuilds}>
        {({ items: rebuilt }) => (
          <Shown of={verifications}>{({ items }) => <Newest of={[...rebuilt, ...items]} />}</Shown>
        )}
      </Shown>
    </Panel>
  );
}

function Newest({ of }: { of: readonly Listed[] }) {
  const newest = of.toSorted((one, other) => other.startedAt - one.startedAt).slice(0, SHOWN);
  return newest.length === 0 ? (
    <Empty title="None yet">Each that is started stands here, also while it goes on.</Empty>
  ) : (
    <Table caption="Each of the newest" columns={COLUMNS} rows={newest} keyOf={({ id }) => id} />
  );
}

const COLUMNS: readonly Column<Listed>[] = [
  {
    title: "What",
    cell: (walk) => (
      <span class="stacked">
        <a href={walkAddress(walk._links.self.href)}>{nameOf(walk)}</a>
        <span class="faint">
          <Time at={walk.startedAt} form="relative" />
        </span>
      </span>
    ),
  },
  { title: "State", cell: (walk) => <WalkState of={walk} differs="Differs" /> },
  {
    title: "Found",
    align: "end",
    cell: ({ found, mended }) =>
      mended === 0 ? numberWords(found) : `${numberWords(found)}, ${numberWords(mended)} mended`,
    isExtra: true,
  },
  {
    title: "Took",
    align: "end",
    cell: ({ startedAt, finishedAt }) => (finishedAt === null ? "–" : durationWords(finishedAt - startedAt)),
    isExtra: true,
  },
];

function nameOf(walk: Listed): string {
  if (!("repair" in walk)) return "Rebuild";
  return walk.repair ? "Verification that mends" : "Verification";
}
