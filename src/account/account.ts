// The account as clients read it: the state that its events fold to. Names are fixed; clients exist for them.

export const ACCOUNT_STATUSES = [
  "ACCOUNT_PENDING",
  "ACCOUNT_CONFIRMED",
  "ACCOUNT_ACTIVE",
  "ACCOUNT_SUSPENDED",
  "ACCOUNT_ARCHIVED",
  "ACCOUNT_CLOSED",
] as const;

export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

export interface Account {
  /** Epoch milliseconds of the first event. */
  readonly createdAt: number;
  /** Epoch milliseconds of the newest event. */
  readonly lastModified: number;
  readonly userId: number;
  readonly accountNumber: string;
  readonly defaultAccount: boolean;
  readonly status: AccountStatus;
  /** Number of events in the log. */
  readonly version: number;
}
