// The port to an account's log: what its owner answers, and nothing about how it is kept.

import type { ExpectedVersion } from "../event-sourcing/expected-version.ts";
import type { EventMetadata } from "../event-sourcing/recorded-event.ts";
import type { Account } from "./account.ts";
import type { AccountCommand } from "./commands.ts";
import type { RecordedAccountEvent } from "./events.ts";
import type { Refusal } from "./refusals.ts";

export interface CommandRequest {
  readonly command: AccountCommand;
  readonly expected: ExpectedVersion;
  /** Goes into every event of the command. Its `commandId` stays the same over all attempts. */
  readonly metadata: EventMetadata;
  /** Whether `commandId` is an idempotency key: then it is remembered for as long as the log exists. */
  readonly keyed: boolean;
  /** The only user whose account exists for the caller, another's is as good as none; null where all do. */
  readonly owner: number | null;
}

export type CommandOutcome =
  | {
      readonly kind: "accepted";
      /** The account right after the command. */
      readonly account: Account;
      /** The events that the command wrote, in order. */
      readonly events: readonly RecordedAccountEvent[];
      /** Whether this is the first reply again, and nothing was written. */
      readonly replayed: boolean;
    }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "idempotency-key-reused" };

/** The account as it was. `account` is null where the log has no such version; `currentVersion` 0 is no log at all. */
export interface PastState {
  readonly currentVersion: number;
  readonly account: Account | null;
}

export interface LogSlice {
  /** The log's newest version, 0 where it has no events. */
  readonly currentVersion: number;
  /** In order of version. */
  readonly events: readonly RecordedAccountEvent[];
}

/** Most events that one call to `events` answers. */
export const MAX_LOG_SLICE = 500;

export interface AccountLog {
  /**
   * Decides the requests in the order given and appends what they come to; the outcomes are in that order too.
   * `retrying`: an earlier attempt may have been applied, so its command ids are looked for first.
   */
  execute(requests: readonly CommandRequest[], retrying: boolean): Promise<readonly CommandOutcome[]>;
  current(): Promise<Account | null>;
  atVersion(version: number): Promise<PastState>;
  /** The account at that time (epoch milliseconds, inclusive). */
  atTime(at: number): Promise<PastState>;
  /** The events after version `after`, at most `limit` of them, never more than `MAX_LOG_SLICE`. */
  events(after: number, limit: number): Promise<LogSlice>;
}

/** Account logs by account number. A Durable Object namespace is one. */
export interface AccountLogs {
  getByName(accountNumber: string): AccountLog;
}
