// The port to the list of accounts whose events the queue does not take: who looks after the system sees them there.

export interface UnpublishedAccounts {
  /** `since`: when the oldest of its events that wait was recorded, epoch milliseconds. Noted once. */
  note(accountNumber: string, since: number): Promise<void>;
  clear(accountNumber: string): Promise<void>;
  summary(): Promise<UnpublishedSummary>;
}

export interface UnpublishedSummary {
  readonly accounts: number;
  /** Epoch milliseconds; null where nothing waits. */
  readonly oldestAt: number | null;
}

/** A Durable Object namespace is one. */
export interface UnpublishedObjects {
  getByName(name: string): UnpublishedAccounts;
}

/** There is one list for all accounts. */
export const UNPUBLISHED_LIST = "all";
