// Addresses within the console that several screens lead to.

import { hrefWith } from "../api/use-query.ts";

/** An account now, or with `version` as it was then, with that event marked. */
export function accountAddress(accountNumber: string, version?: number): string {
  const path = `/accounts/${encodeURIComponent(accountNumber)}`;
  return hrefWith(path, { version: version === undefined ? undefined : String(version) });
}

export const userAccountsAddress = (userId: number): string =>
  hrefWith("/accounts", { user: String(userId) });

/** A rebuild or a verification, by the link that the API gives: "/v1/operations/rebuilds/1" is at "/operations/rebuilds/1". */
export const walkAddress = (href: string): string => href.replace(/^\/v1/, "");

/** An event that another service told of, over the list of them. */
export const inboxEventAddress = (number: string): string => hrefWith("/operations/inbox", { event: number });

/** The form for a new account, over the list. */
export const createAddress = (accountNumber = ""): string =>
  hrefWith("/accounts", { create: "yes", as: accountNumber });
