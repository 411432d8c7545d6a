// Why an account refuses a command: a closed union, checked in the order in which it stands here. (A `create` that expects a version
// is refused for that in any case.)

import type { AccountStatus } from "./account.ts";
import type { TransitionName } from "./commands.ts";

export type Refusal =
  /** Any command but `create` on an account with no events. */
  | { readonly code: "account-not-found" }
  /** `create` on an account that has events. */
  | { readonly code: "account-already-exists" }
  /** The expected version is not the current one. */
  | { readonly code: "version-mismatch"; readonly currentVersion: number }
  /** Any command on a closed account. */
  | { readonly code: "account-closed" }
  /** The command would change nothing. */
  | { readonly code: "already-in-state"; readonly accountStatus: AccountStatus }
  /** Not legal from the current status. */
  | {
      readonly code: "illegal-transition";
      readonly accountStatus: AccountStatus;
      readonly legalCommands: readonly TransitionName[];
    };
