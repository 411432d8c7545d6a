// One account as a sequential machine: what the domain's `decide` and `evolve` say that each request is answered.

import { isDeepStrictEqual } from "node:util";
import type { Account } from "../../src/account/account.ts";
import type { AccountCommand, TransitionName } from "../../src/account/commands.ts";
import { legalCommands } from "../../src/account/decide.ts";
import { accountDecider } from "../../src/account/decider.ts";
import type { RecordedAccountEvent } from "../../src/account/events.ts";
import type { ExpectedVersion } from "../../src/event-sourcing/expected-version.ts";
import type { Model, Timed } from "./linearizability.ts";

/** A problem's code and its own members. */
export type Refused = { readonly kind: "refused"; readonly refusal: Readonly<Record<string, unknown>> };

export type Accepted = {
  readonly kind: "accepted";
  readonly account: Account;
  readonly event: RecordedAccountEvent;
  readonly replayed: boolean;
};

export type Read = {
  readonly kind: "read";
  readonly servedFrom: "view" | "log";
  readonly account: Account;
  readonly legal: readonly string[];
};

/** What was asked, and what came back. */
export type Exchange =
  | {
      readonly asked: "command";
      readonly command: AccountCommand;
      readonly expected: ExpectedVersion;
      readonly key: string | null;
      readonly answer: Accepted | Refused;
    }
  | { readonly asked: "minVersion"; readonly minVersion: number; readonly answer: Read | Refused }
  | { readonly asked: "version"; readonly version: number; readonly answer: Read | Refused }
  | {
      readonly asked: "events";
      readonly answer:
        | { readonly kind: "events"; readonly events: readonly RecordedAccountEvent[] }
        | Refused;
    }
  | {
      readonly asked: "commands";
      readonly answer:
        | { readonly kind: "commands"; readonly version: number; readonly legal: readonly string[] }
        | Refused;
    };

export type AccountOperation = Exchange & Timed;

type Asked<Name extends Exchange["asked"]> = Extract<Exchange, { asked: Name }>;

interface Remembered {
  readonly command: AccountCommand;
  readonly account: Account;
  readonly event: RecordedAccountEvent;
}

interface AccountState {
  /** The account at each version, from version 1. */
  readonly history: readonly Account[];
  readonly events: readonly RecordedAccountEvent[];
  readonly keys: ReadonlyMap<string, Remembered>;
}

export const accountModel: Model<AccountState, AccountOperation> = {
  initialState: { history: [], events: [], keys: new Map() },
  step(state, operation) {
    if (operation.asked === "command") return afterCommand(state, operation);
    return explains(state, operation) ? state : null;
  },
  // The events carry their commands' ids, so they tell the keys too.
  keyOf: ({ events }) => JSON.stringify(events.at(-1) ?? null),
};

function now({ history }: AccountState): Account | null {
  return history.at(-1) ?? null;
}

function afterCommand(state: AccountState, asked: Asked<"command">): AccountState | null {
  const { command, expected, key, answer } = asked;
  const remembered = key === null ? undefined : state.keys.get(key);
  if (remembered !== undefined) return answersRemembered(remembered, asked) ? state : null;

  const before = now(state);
  const decision = accountDecider.decide(before, command, expected);
  if (decision.kind === "refusal") return isRefusal(answer, decision.refusal) ? state : null;
  if (answer.kind !== "accepted" || answer.replayed) return null;
  const { event, account } = answer;
  const version = (before?.version ?? 0) + 1;
  const [{ type, data }] = decision.events;
  const isDecided =
    event.version === version &&
    event.id === `${event.accountNumber}:${version}` &&
    event.type === type &&
    isDeepStrictEqual(event.data, data) &&
    event.createdAt >= (before?.lastModified ?? 0) &&
    event.lastModified === event.createdAt &&
    (key === null || event.metadata.commandId === key);
  if (!isDecided || !isDeepStrictEqual(account, accountDecider.evolve(before, event))) return null;
  return {
    history: [...state.history, account],
    events: [...state.events, event],
    keys: key === null ? state.keys : new Map([...state.keys, [key, { command, account, event }]]),
  };
}

function answersRemembered(remembered: Remembered, { command, answer }: Asked<"command">): boolean {
  if (!isDeepStrictEqual(remembered.command, command)) {
    return isRefusal(answer, { code: "idempotency-key-reused" });
  }
  const { account, event } = remembered;
  return isDeepStrictEqual(answer, { kind: "accepted", account, event, replayed: true });
}

function explains(state: AccountState, read: Exclude<AccountOperation, { asked: "command" }>): boolean {
  const account = now(state);
  const { answer } = read;
  // A view may show an account that it has before its log is asked, so only a refusal says that there is none.
  if (account === null) return isRefusal(answer, { code: "account-not-found" });
  switch (read.asked) {
    case "minVersion":
      return explainsMinVersion(state, account, read);
    case "version": {
      const then = state.history[read.version - 1];
      if (then === undefined) return isVersionNotFound(answer, account);
      const legal = then.version === account.version ? legalCommands(then) : [];
      return isDeepStrictEqual(answer, { kind: "read", servedFrom: "log", account: then, legal });
    }
    case "events":
      return isDeepStrictEqual(answer, { kind: "events", events: state.events });
    case "commands":
      return isDeepStrictEqual(answer, {
        kind: "commands",
        version: account.version,
        legal: legalCommands(account),
      });
    default:
      return read satisfies never;
  }
}

/** The log answers as it is. The view may be behind it, never before what was asked for, and never ahead of the log. */
function explainsMinVersion(
  { history }: AccountState,
  account: Account,
  { minVersion, answer }: Asked<"minVersion">,
): boolean {
  if (answer.kind === "refused") return account.version < minVersion && isVersionNotFound(answer, account);
  const shown = answer.servedFrom === "log" ? account : history[answer.account.version - 1];
  if (shown === undefined || shown.version < minVersion) return false;
  const legal: readonly TransitionName[] = legalCommands(shown);
  return isDeepStrictEqual(answer.account, shown) && isDeepStrictEqual(answer.legal, legal);
}

function isVersionNotFound(answer: Exchange["answer"], { version }: Account): boolean {
  return isRefusal(answer, { code: "version-not-found", currentVersion: version });
}

function isRefusal(answer: Exchange["answer"], refusal: object): boolean {
  return isDeepStrictEqual(answer, { kind: "refused", refusal });
}
