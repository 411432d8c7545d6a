// What the list comes to: a page of it, one account that was searched for, or nothing, and what to do then.

import { useState } from "preact/hooks";
import type { AccountRepresentation } from "../../../http/representations.ts";
import type { Answer } from "../../api/service.ts";
import type { Resource } from "../../api/use-resource.ts";
import { createAddress } from "../../parts/addresses.ts";
import { Button, ButtonLink } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Shown } from "../../parts/resource.tsx";
import { Pager } from "../../parts/table.tsx";
import { AccountsTable } from "./accounts-table.tsx";
import { isNarrowed, listAddress, type Narrowed, NOT_NARROWED } from "./narrowed.ts";

/** So that a page which is being read is about as high as one that was. */
const WAITING_ROWS = 12;

interface AccountsPageProps {
  readonly of: Resource<Answer<"listAccounts">>;
  readonly narrowed: Narrowed;
  /** "" is the first page. */
  readonly cursor: string;
}

export function AccountsPage({ of, narrowed, cursor }: AccountsPageProps) {
  const [shown, others, show] = useHeldBack(of.value?.items ?? NONE);
  const next = cursorOf(of.value?._links.next?.href);
  return (
    <Panel
      title={narrowed.user === "" ? "Accounts" : `Accounts of user ${narrowed.user}`}
      actions={others === 0 ? null : <Button onClick={show}>Show {others} more</Button>}
    >
      <Shown of={of} loading={<Loading rows={WAITING_ROWS} />}>
        {() => (shown.length === 0 ? <NoAccounts narrowed={narrowed} /> : <AccountsTable accounts={shown} />)}
      </Shown>
      <Pager
        first={cursor === "" ? null : listAddress(narrowed)}
        next={next === null ? null : listAddress(narrowed, next)}
      />
    </Panel>
  );
}

const NONE: readonly AccountRepresentation[] = [];

/**
 * Those that the page began with, as they are now; how many others came to match since; and what shows these too. They
 * wait until they are asked for, because a row that comes in would move those under it from under a pointer.
 */
function useHeldBack(
  items: readonly AccountRepresentation[],
): [readonly AccountRepresentation[], number, () => void] {
  const [known, setKnown] = useState<ReadonlySet<string>>(new Set());
  const shown = items.filter(({ accountNumber }) => known.has(accountNumber));
  const show = () => setKnown(new Set(items.map(({ accountNumber }) => accountNumber)));
  // Nothing is there yet to be moved.
  if (shown.length === 0 && items.length > 0) show();
  return [shown, items.length - shown.length, show];
}

function cursorOf(href: string | undefined): string | null {
  return href === undefined ? null : new URL(href, location.origin).searchParams.get("cursor");
}

function NoAccounts({ narrowed }: { narrowed: Narrowed }) {
  if (isNarrowed(narrowed)) {
    return (
      <Empty title="No account matches">
        <p>Another status, or another user, may.</p>
        <ButtonLink href={listAddress(NOT_NARROWED)}>Show all accounts</ButtonLink>
      </Empty>
    );
  }
  return (
    <Empty title="No accounts yet">
      <p>The first one that is opened stands here.</p>
      <ButtonLink href={createAddress()}>Open an account</ButtonLink>
    </Empty>
  );
}

export function OneAccount({ of, number }: { of: Resource<AccountRepresentation>; number: string }) {
  return (
    <Panel title={`Account ${number}`}>
      {of.problem?.code === "account-not-found" ? (
        <Empty title={`No account has the number ${number}`}>
          <p>Numbers are found as a whole, capital letters and all.</p>
          <ButtonLink href={createAddress(number)}>Open one with this number</ButtonLink>
        </Empty>
      ) : (
        <Shown of={of}>{(account) => <AccountsTable accounts={[account]} />}</Shown>
      )}
    </Panel>
  );
}
