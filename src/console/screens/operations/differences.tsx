// What a walk found that a view says and the log does not.

import type { Answer } from "../../api/service.ts";
import { Badge } from "../../parts/status.tsx";
import { type Column, Table } from "../../parts/table.tsx";

type Difference = Answer<"getVerification">["differences"][number];

export function Differences({ of }: { of: readonly Difference[] }) {
  return <Table caption="What differs" columns={COLUMNS} rows={of} keyOf={keyOf} />;
}

const keyOf = ({ accountNumber, field }: Difference): string => `${accountNumber ?? ""} ${field}`;

const COLUMNS: readonly Column<Difference>[] = [
  {
    title: "Account",
    cell: ({ accountNumber }) =>
      accountNumber === null ? (
        "all accounts"
      ) : (
        <a class="mono" href={`/accounts/${accountNumber}`}>
          {accountNumber}
        </a>
      ),
  },
  { title: "What", cell: ({ field }) => field },
  { title: "The view says", cell: ({ view }) => <Said value={view} /> },
  { title: "The log says", cell: ({ log }) => <Said value={log} /> },
  {
    title: "State",
    cell: ({ mended }) => (mended ? <Badge tone="good">Mended</Badge> : <Badge tone="bad">Differs</Badge>),
  },
];

/** An event is long: its beginning is seen, all of it on hover. */
function Said({ value }: { value: unknown }) {
  const text = value === null ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);
  return (
    <code class="said" title={text}>
      {text}
    </code>
  );
}
