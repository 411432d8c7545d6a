// How many accounts are in each status.

import type { AccountStatus } from "../../../account/account.ts";
import type { Answer } from "../../api/service.ts";
import { ANY_EVENT, useResource } from "../../api/use-resource.ts";
import { Skeleton } from "../../parts/loading.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Shown } from "../../parts/resource.tsx";
import { TONE_OF } from "../../parts/status.tsx";
import { numberWords, plural, STATUSES, wordsOf } from "../../parts/words.ts";

type Totals = Answer<"getStatusTotals">;

export function AccountsByStatus() {
  const totals = useResource<"getStatusTotals">("/v1/status-totals", { onEvent: ANY_EVENT });
  return (
    <Panel
      title="Accounts by status"
      actions={
        <span class="accounts-count number">
          {totals.value === null ? null : <Count of={plural(totals.value.accounts, "account")} />}
        </span>
      }
    >
      <Shown of={totals} loading={<Bars of={null} />}>
        {(value) => <Bars of={value} />}
      </Shown>
    </Panel>
  );
}

/** Null while they are counted: then the bars stand where they will. */
function Bars({ of }: { of: Totals | null }) {
  return (
    <dl class="bars" aria-busy={of === null}>
      {STATUSES.map((status) => (
        <div key={status} class="bar" data-tone={TONE_OF[status]}>
          <dt>
            <a href={`/accounts?status=${status}`}>{wordsOf(status)}</a>
          </dt>
          <dd class="number">
            {of === null ? <Skeleton width="2ch" /> : <Count of={numberWords(of.totals[status])} />}
          </dd>
          <dd class="bar-track" aria-hidden="true">
            <span class="bar-share" style={{ width: `${sharePercent(of, status)}%` }} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** At the end of its place, so a longer one begins further ahead: it is another text then, and not one that moved. */
function Count({ of }: { of: string }) {
  return <span key={of}>{of}</span>;
}

const sharePercent = (of: Totals | null, status: AccountStatus): number =>
  of === null ? 0 : (100 * of.totals[status]) / Math.max(of.accounts, 1);
