// How an event is said to people: what it means, who caused it, and where its cause is to be seen.

import type { EventRepresentation } from "../../../http/representations.ts";
import type { Tone } from "../../parts/status.tsx";

const TONES: Readonly<Record<string, Tone>> = {
  ACCOUNT_CONFIRMED: "info",
  ACCOUNT_ACTIVATED: "good",
  ACCOUNT_SUSPENDED: "warn",
  ACCOUNT_ARCHIVED: "violet",
  ACCOUNT_CLOSED: "bad",
};

/** As the status that it leads to. */
export const toneOf = (type: string): Tone => TONES[type] ?? "muted";

/** Events that take one have a reason in their data, others none. */
export function reasonOf({ data }: EventRepresentation): string | null {
  return "reason" in data && typeof data.reason === "string" ? data.reason : null;
}

/** `function:onboarding` is a function, whoever else is named is a caller. */
export function functionOf({ metadata: { actor } }: EventRepresentation): string | null {
  return /^function:(.+)$/.exec(actor)?.[1] ?? null;
}

interface EventAddress {
  readonly accountNumber: string;
  readonly version: number;
}

/** By the id of an event; null where it is one of another service. */
export function addressOf(eventId: string): EventAddress | null {
  const [, accountNumber, version] = /^([A-Za-z0-9-]{1,34}):([1-9]\d*)$/.exec(eventId) ?? [];
  return accountNumber === undefined ? null : { accountNumber, version: Number(version) };
}

/** Its number there, where another service told of it. */
export function inboxNumberOf(eventId: string): string | null {
  return /^\/v1\/inbox\/([1-9]\d*)$/.exec(eventId)?.[1] ?? null;
}
