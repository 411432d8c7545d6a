// Given events, when a command, then events or a refusal: the words the domain's tests are written in.

import type { Account } from "../../src/account/account.ts";
import type { AccountCommand } from "../../src/account/commands.ts";
import { accountDecider } from "../../src/account/decider.ts";
import {
  type AccountEvent,
  EVENT_SCHEMAS,
  isKnownEventType,
  type RecordedAccountEvent,
} from "../../src/account/events.ts";
import { type Decision, fold } from "../../src/event-sourcing/decider.ts";
import type { ExpectedVersion } from "../../src/event-sourcing/expected-version.ts";

export const ACCOUNT_NUMBER = "123456";

export const event = {
  created: (defaultAccount = false): AccountEvent => ({
    type: "ACCOUNT_CREATED",
    data: { userId: 1, defaultAccount },
  }),
  confirmed: { type: "ACCOUNT_CONFIRMED", data: {} },
  activated: { type: "ACCOUNT_ACTIVATED", data: {} },
  suspended: { type: "ACCOUNT_SUSPENDED", data: {} },
  archived: { type: "ACCOUNT_ARCHIVED", data: {} },
  closed: { type: "ACCOUNT_CLOSED", data: {} },
  madeDefault: { type: "ACCOUNT_MADE_DEFAULT", data: {} },
  defaultCleared: { type: "ACCOUNT_DEFAULT_CLEARED", data: {} },
} as const;

/** Records events as the log would: dense versions, one second apart. */
export function recorded(
  events: readonly { readonly type: string; readonly data: object }[],
  from = 1,
): RecordedAccountEvent[] {
  return events.map(({ type, data }, index) => {
    const version = from + index;
    return {
      id: `${ACCOUNT_NUMBER}:${version}`,
      createdAt: version * 1000,
      lastModified: version * 1000,
      type,
      schema: isKnownEventType(type) ? EVENT_SCHEMAS[type] : 1,
      accountNumber: ACCOUNT_NUMBER,
      version,
      data: { ...data },
      metadata: {
        commandId: `command-${version}`,
        correlationId: "0".repeat(32),
        causationId: null,
        actor: "anonymous",
      },
    };
  });
}

export function folded(events: readonly { readonly type: string; readonly data: object }[]): Account | null {
  return fold(accountDecider.evolve, accountDecider.initialState, recorded(events));
}

export function given(...events: AccountEvent[]): {
  when(command: AccountCommand, expected?: ExpectedVersion): Decision<AccountEvent, unknown>;
} {
  return { when: (command, expected = "any") => accountDecider.decide(folded(events), command, expected) };
}

export const events = (...written: AccountEvent[]): object => ({ kind: "events", events: written });
export const refusal = (code: string, members: object = {}): object => ({
  kind: "refusal",
  refusal: { code, ...members },
});
