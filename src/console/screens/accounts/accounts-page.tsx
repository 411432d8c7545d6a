// What the list comes to: a page of it, one account that was searched for, or nothing, and what to do then.

import type { AccountRepresentation } from "../../../http/representations.ts";
import type { Answer } from "../../api/service.ts";
import type { Resource } from "../../api/use-resource.ts";
import { createAddress } from "../../parts/addresses.ts";
import { ButtonLink } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ShowOthers, useHeldBack } from "../../parts/held-back.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Shown } from "../../parts/resource.tsx";
import { Pager } from "../../parts/table.tsx";
import { AccountsTable } from "./accounts-table.tsx";
import { isNarrowed, listAddress, type Narrowed, NOT_NARROWED } from "./narrowed.ts";

/** So that a page which is being read is about as high as one that was. */
const WAITING_ROWS = 12;

interface AccountsPageProps {
  /** What it was read from. */
  readonly href: string;
  readonly of: Resource<Answer<"listAccounts">>;
  readonly narrowed: Narrowed;
  /** "" is the first page. */
  readonly cursor: string;
}

export function AccountsPage({ href, of, narrowed, cursor }: AccountsPageProps) {
  const next = cursorOf(of.value?._links.next?.href);
  const held = useHeldBack(
    href,
    of.value?.items ?? NONE,
    ({ accountNumber }) => accountNumber,
    // A page that follows another begins where that one ends: nothing that comes pushes its rows.
    cursor === "" && next !== null ? isOlder : undefined,
  );
  return (
    <Panel
      title={narrowed.user === "" ? "Accounts" : `Accounts of user ${narrowed.user}`}
      actions={<ShowOthers of={held} />}
    >
      <Shown of={of} loading={<Loading rows={WAITING_ROWS} />}>
        {() =>
          held.shown.length === 0 ? (
            <NoAccounts narrowed={narrowed} />
          ) : (
            <AccountsTable accounts={held.shown} />
          )
        }
      </Shown>
      <Pager
        first={cursor === "" ? null : listAddress(narrowed)}
        next={next === null ? null : listAddress(narrowed, next)}
      />
    </Panel>
  );
}

/** As the list is sorted: the newest first. */
function isOlder(one: AccountRepresentation, other: AccountRepresentation): boolean {
  if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt;
  return one.accountNumber < other.accountNumber;
}

const NONE: readonly AccountRepresentation[] = [];

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
