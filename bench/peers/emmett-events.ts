// The account's decider as Emmett takes it: `decide` and `evolve` are the system's own, so only the store differs.

import { CommandHandler, type Event, type EventStore, STREAM_DOES_NOT_EXIST } from "@event-driven-io/emmett";
import type { Account } from "../../src/account/account.ts";
import type { AccountCommand } from "../../src/account/commands.ts";
import { decide } from "../../src/account/decide.ts";
import type { AccountEvent, AccountEventType } from "../../src/account/events.ts";
import { evolve } from "../../src/account/evolve.ts";
import type { Refusal } from "../../src/account/refusals.ts";
import type { PeerOutcome } from "./peer.ts";

export type EmmettEvent = Event<
  AccountEventType,
  { accountNumber: string; version: number; createdAt: number } & Record<string, unknown>
>;

/** Typed by the compiler's leave: every type that an account's event can have. */
export const EVENT_TYPES: AccountEventType[] = [
  "ACCOUNT_CREATED",
  "ACCOUNT_CONFIRMED",
  "ACCOUNT_ACTIVATED",
  "ACCOUNT_SUSPENDED",
  "ACCOUNT_ARCHIVED",
  "ACCOUNT_CLOSED",
  "ACCOUNT_MADE_DEFAULT",
  "ACCOUNT_DEFAULT_CLEARED",
];

/** So many events in one append. */
const EVENTS_PER_APPEND = 500;

/** Wraps the state, because a state of Emmett's is an object. */
export interface EmmettState {
  readonly account: Account | null;
}

export function evolveState({ account }: EmmettState, { type, data }: EmmettEvent): EmmettState {
  const { accountNumber, version, createdAt, ...rest } = data;
  return {
    account: evolve(account, {
      id: `${accountNumber}:${version}`,
      createdAt,
      lastModified: createdAt,
      type,
      schema: 1,
      accountNumber,
      version,
      data: rest,
      metadata: { commandId: "", correlationId: "", causationId: null, actor: "" },
    }),
  };
}

const handle = CommandHandler<EmmettState, EmmettEvent>({
  evolve: evolveState,
  initialState: () => ({ account: null }),
  retry: { onVersionConflict: true },
});

export async function execute<Store extends EventStore>(
  store: Store,
  accountNumber: string,
  command: AccountCommand,
): Promise<PeerOutcome> {
  let refusal: Refusal | undefined;
  const { newState } = await handle(store, accountNumber, ({ account }) => {
    const decision = decide(account, command, "any");
    refusal = decision.kind === "refusal" ? decision.refusal : undefined;
    if (decision.kind === "refusal") return [];
    return decision.events.map((event, index) =>
      emmettEvent(accountNumber, (account?.version ?? 0) + 1 + index, event),
    );
  });
  if (refusal !== undefined) return { kind: "refused", refusal };
  if (newState.account === null) throw new Error(`${accountNumber} has no state after its command`);
  return { kind: "accepted", account: newState.account };
}

export async function fill<Store extends EventStore>(
  store: Store,
  accountNumber: string,
  events: number,
): Promise<void> {
  for (let first = 1; first <= events; first += EVENTS_PER_APPEND) {
    const count = Math.min(EVENTS_PER_APPEND, events - first + 1);
    const part = Array.from({ length: count }, (_, index) =>
      emmettEvent(accountNumber, first + index, eventOf(first + index)),
    );
    await store.appendToStream(
      accountNumber,
      part,
      first === 1 ? { expectedStreamVersion: STREAM_DOES_NOT_EXIST } : undefined,
    );
  }
}

/** The first opens the account, the others turn its default flag. */
function eventOf(version: number): AccountEvent {
  if (version === 1) return { type: "ACCOUNT_CREATED", data: { userId: 1, defaultAccount: false } };
  return { type: version % 2 === 0 ? "ACCOUNT_MADE_DEFAULT" : "ACCOUNT_DEFAULT_CLEARED", data: {} };
}

function emmettEvent(accountNumber: string, version: number, { type, data }: AccountEvent): EmmettEvent {
  return { type, data: { ...data, accountNumber, version, createdAt: Date.now() } };
}
