// Deciding: what an account does with a command. The table of the domain, as code.

import type { Decision } from "../event-sourcing/decider.ts";
import { type ExpectedVersion, versionMatches } from "../event-sourcing/expected-version.ts";
import type { Account, AccountStatus } from "./account.ts";
import { type AccountCommand, TRANSITION_NAMES, type TransitionName } from "./commands.ts";
import type { AccountEvent, AccountEventType } from "./events.ts";
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
  const rule = RULES[command.type];
  const isLegal = rule.legalFrom.includes(account.status);
  // Before the others: a closed account may be a default one, and is not told that it is one already.
  if (account.status === "ACCOUNT_CLOSED" && !isLegal) return refuse({ code: "account-closed" });
  if (rule.alreadyDone(account)) return refuse({ code: "already-in-state", accountStatus: account.status });
  if (!isLegal) {
    return refuse({
      code: "illegal-transition",
      accountStatus: account.status,
      legalCommands: legalCommands(account),
    });
  }
  return accept(eventOf(command));
}

/** The event that each command comes to. */
export const COMMAND_EVENTS = {
  create: "ACCOUNT_CREATED",
  confirm: "ACCOUNT_CONFIRMED",
  activate: "ACCOUNT_ACTIVATED",
  suspend: "ACCOUNT_SUSPENDED",
  archive: "ACCOUNT_ARCHIVED",
  close: "ACCOUNT_CLOSED",
  "make-default": "ACCOUNT_MADE_DEFAULT",
  "clear-default": "ACCOUNT_DEFAULT_CLEARED",
} as const satisfies Readonly<Record<AccountCommand["type"], AccountEventType>>;

function eventOf(command: AccountCommand): AccountEvent {
  switch (command.type) {
    case "create": {
      const { userId, defaultAccount } = command;
      return { type: COMMAND_EVENTS[command.type], data: { userId, defaultAccount } };
    }
    case "confirm":
    case "activate":
    case "make-default":
    case "clear-default":
      return { type: COMMAND_EVENTS[command.type], data: {} };
    case "suspend":
    case "archive":
    case "close":
      return { type: COMMAND_EVENTS[command.type], data: reasonOf(command) };
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
