// A client's own record of what it sent and what it was told, to hold against the logs when the system is back.

import { isDeepStrictEqual } from "node:util";
import type { Account } from "../../src/account/account.ts";
import type { RecordedAccountEvent } from "../../src/account/events.ts";

/** What came back. `unknown`: nothing did, so that the command may or may not have been applied. */
export type Told =
  | {
      readonly kind: "accepted";
      readonly account: Account;
      readonly event: RecordedAccountEvent;
      readonly replayed: boolean;
    }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "unknown"; readonly reason: string };

export interface Sent {
  readonly accountNumber: string;
  readonly command: string;
  readonly body: object;
  readonly key: string | null;
  /** Each command has a trace of its own, so that each event leads to the command that wrote it. */
  readonly traceId: string;
}

export interface Entry extends Sent {
  told: Told;
}

/** Sentences about what is wrong, by kind. All are to stay empty. */
export class Findings {
  readonly lost: string[] = [];
  readonly doubled: string[] = [];
  readonly other: string[] = [];
}

/** Holds one account's entries against its log. */
export function compare(
  accountNumber: string,
  entries: readonly Entry[],
  log: readonly RecordedAccountEvent[],
  findings: Findings,
): void {
  if (log.some(({ version }, index) => version !== index + 1)) {
    findings.other.push(`${accountNumber}: versions ${log.map(({ version }) => version)}`);
  }
  const byTrace = Map.groupBy(log, ({ metadata }) => metadata.correlationId);
  for (const { traceId, told, command, key } of entries) {
    const events = byTrace.get(traceId) ?? [];
    byTrace.delete(traceId);
    const what = `${accountNumber} ${command} (${traceId})`;
    if (events.length > 1) findings.doubled.push(`${what}: ${events.map(({ id }) => id)}`);
    if (told.kind === "accepted" && !events.some((event) => isDeepStrictEqual(event, told.event))) {
      findings.lost.push(`${what}: acknowledged as ${told.event.id}`);
    }
    if (told.kind === "refused" && events.length > 0) {
      findings.other.push(`${what}: refused as ${told.code}, and written as ${events[0]?.id}`);
    }
    if (key !== null && events.some(({ metadata }) => metadata.commandId !== key)) {
      findings.other.push(`${what}: written under another key than ${key}`);
    }
  }
  for (const events of byTrace.values()) {
    findings.other.push(`${accountNumber}: ${events.map(({ id }) => id)} come from no command that was sent`);
  }
}
