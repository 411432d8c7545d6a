// Accounts, a row each, which leads to the account and to its user's others.

import type { AccountRepresentation } from "../../../http/representations.ts";
import { accountAddress, userAccountsAddress } from "../../parts/addresses.ts";
import { Status } from "../../parts/status.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { numberWords } from "../../parts/words.ts";

const COLUMNS: readonly Column<AccountRepresentation>[] = [
  {
    title: "Account",
    cell: ({ accountNumber }) => (
      <a class="mono account-number" href={accountAddress(accountNumber)} title={accountNumber}>
        {accountNumber}
      </a>
    ),
  },
  { title: "Status", cell: ({ status }) => <Status of={status} /> },
  {
    title: "User",
    cell: ({ userId }) => (
      <a class="number" href={userAccountsAddress(userId)}>
        {userId}
      </a>
    ),
  },
  { title: "Default", isExtra: true, cell: ({ defaultAccount }) => (defaultAccount ? "Default" : "") },
  { title: "Opened", isExtra: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
  { title: "Changed", isExtra: true, cell: ({ lastModified }) => <Time at={lastModified} form="relative" /> },
  { title: "Version", align: "end", isExtra: true, cell: ({ version }) => numberWords(version) },
];

export function AccountsTable({ accounts }: { accounts: readonly AccountRepresentation[] }) {
  return (
    <Table
      caption="Accounts, newest first"
      columns={COLUMNS}
      rows={accounts}
      keyOf={({ accountNumber }) => accountNumber}
    />
  );
}
