// Addresses within the console that several screens lead to.

import { hrefWith } from "../api/use-query.ts";

/** An account now, or with `version` as it was then, with that event marked. */
export function accountAddress(accountNumber: string, version?: number): string {
  const path = `/accounts/${encodeURIComponent(accountNumber)}`;
  return hrefWith(path, { version: version === undefined ? undefined : String(version) });
}

export const userAccountsAddress = (userId: number): string =>
  hrefWith("/accounts", { user: String(userId) });

/** The form for a new account, over the list. */
export const createAddress = (accountNumber = ""): string =>
  hrefWith("/accounts", { create: "yes", as: accountNumber });
