// What state something is in: a word, and a colour that says the same.

import type { AccountStatus } from "../../account/account.ts";
import { wordsOf } from "./words.ts";
import "./status.css";

export type Tone = "good" | "info" | "warn" | "bad" | "muted" | "violet";

export const TONE_OF: Readonly<Record<AccountStatus, Tone>> = {
  ACCOUNT_PENDING: "muted",
  ACCOUNT_CONFIRMED: "info",
  ACCOUNT_ACTIVE: "good",
  ACCOUNT_SUSPENDED: "warn",
  ACCOUNT_ARCHIVED: "violet",
  ACCOUNT_CLOSED: "bad",
};

/** An account's status. */
export function Status({ of }: { of: AccountStatus }) {
  return <Badge tone={TONE_OF[of]}>{wordsOf(of)}</Badge>;
}

/** Any other state: parked, running, resting … */
export function Badge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span class="badge" data-tone={tone}>
      {children}
    </span>
  );
}
