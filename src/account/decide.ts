// Deciding: what an account does with a command. The table of the domain, as code.

import type { Decision } from "../event-sourcing/decider.ts";
import { type ExpectedVersion, versionMatches } from "../event-sourcing/expected-version.ts";
import type { Account, AccountStatus } from "./account.ts";
import { type AccountCommand, TRANSITION_NAMES, type TransitionName } from "./commands.ts";
import type { AccountEvent } from "./events.ts";
import type { Refusal } from "./refusals.ts";

const OPEN: readonly AccountStatus[] = [
  "ACCOUNT_PENDING",
  "ACCOUNT_CONFIRMED",
  "ACCOUNT_ACTIVE",
  "ACCOUNT_SUSPENDED",
  "ACCOUNT_ARCHIVED",
];

interface Rule {
  readonly legalFrom: readonly AccountStatus[];
  /** Whether the account already is what the command would make it. */
  readonly alreadyDone: (account: Account) => boolean;
}

const RULES: Readonly<Record<TransitionName, Rule>> = {
  confirm: {
    legalFrom: ["ACCOUNT_PENDING"],
    alreadyDone: ({ status }) => status === "ACCOUNT_CONFIRMED",
  },
  activate: {
    legalFrom: ["ACCOUNT_CONFIRMED", "ACCOUNT_SUSPENDED", "ACCOUNT_ARCHIVED"],
    alreadyDone: ({ status }) => status === "ACCOUNT_ACTIVE",
  },
  suspend: {
    legalFrom: ["ACCOUNT_ACTIVE"],
    alreadyDone: ({ status }) => status === "ACCOUNT_SUSPENDED",
  },
  archive: {
    legalFrom: ["ACCOUNT_ACTIVE"],
    alreadyDone: ({ status }) => status === "ACCOUNT_ARCHIVED",
  },
  close: { legalFrom: OPEN, alreadyDone: () => false },
  "make-default": { legalFrom: OPEN, alreadyDone: ({ defaultAccount }) => defaultAccount },
  "clear-default": { legalFrom: OPEN, alreadyDone: ({ defaultAccount }) => !defaultAccount },
};

/** The commands that the account would accept now, in the order of the domain's table. */
export function legalCommands(account: Account): readonly TransitionName[] {
  return TRANSITION_NAMES.filter((name) => {
    const rule = RULES[name];
    return rule.legalFrom.includes(account.status) && !rule.alreadyDone(account);
  });
}

export function decide(
  account: Account | null,
  command: AccountCommand,
  expected: ExpectedVersion,
): Decision<AccountEvent, Refusal> {
  if (command.type === "create") {
    // A create that expects any version at all contradicts itself, so that refusal comes before every other.
    if (expected !== "any")
      return refuse({ code: "version-mismatch", currentVersion: account?.version ?? 0 });
    if (account !== null) return refuse({ code: "account-already-exists" });
    return accept(eventOf(command));
  }
  if (account === null) return refuse({ code: "account-not-found" });
  if (!versionMatches(account.version, expected)) {
    return refuse({ code: "version-mismatch", currentVersion: account.version });
  }
  if (account.status === "ACCOUNT_CLOSED") return refuse({ code: "account-closed" });
  const rule = RULES[command.type];
  if (rule.alreadyDone(account)) return refuse({ code: "already-in-state", accountStatus: account.status });
  if (!rule.legalFrom.includes(account.status)) {
    return refuse({
      code: "illegal-transition",
      accountStatus: account.status,
      legalCommands: legalCommands(account),
    });
  }
  return accept(eventOf(command));
}

function eventOf(command: AccountCommand): AccountEvent {
  switch (command.type) {
    case "create":
      return {
        type: "ACCOUNT_CREATED",
        data: { userId: command.userId, defaultAccount: command.defaultAccount },
      };
    case "confirm":
      return { type: "ACCOUNT_CONFIRMED", data: {} };
    case "activate":
      return { type: "ACCOUNT_ACTIVATED", data: {} };
    case "suspend":
      return { type: "ACCOUNT_SUSPENDED", data: reasonOf(command) };
    case "archive":
      return { type: "ACCOUNT_ARCHIVED", data: reasonOf(command) };
    case "close":
      return { type: "ACCOUNT_CLOSED", data: reasonOf(command) };
    case "make-default":
      return { type: "ACCOUNT_MADE_DEFAULT", data: {} };
    case "clear-default":
      return { type: "ACCOUNT_DEFAULT_CLEARED", data: {} };
    default:
      return command satisfies never;
  }
}

function reasonOf({ reason }: { readonly reason?: string | undefined }): { reason?: string } {
  return reason === undefined ? {} : { reason };
}

function accept(event: AccountEvent): Decision<AccountEvent, Refusal> {
  return { kind: "events", events: [event] };
}

function refuse(refusal: Refusal): Decision<AccountEvent, Refusal> {
  return { kind: "refusal", refusal };
}
