// What the logs must hold after each case: what was accepted, and nothing else.

import { expect } from "vitest";
import * as z from "zod";
import { acceptedSchema } from "./answers.ts";
import { type FuzzCase, routeOf } from "./fuzz-cases.ts";
import { checkProblem } from "./fuzz-checks.ts";
import type { RawReply } from "./fuzz-send.ts";
import type { System } from "./system.ts";

const outcomesSchema = z.array(
  z.union([
    acceptedSchema.extend({
      status: z.union([z.literal(200), z.literal(201)]),
      replayed: z.literal(true).optional(),
    }),
    z.strictObject({ status: z.int().min(400).max(499), problem: z.unknown() }),
  ]),
);
const walkSchema = z.object({ id: z.string() });
const wholeNumber = /^[A-Za-z0-9-]{1,34}$/;

export class Ledger {
  readonly versions = new Map<string, number>();
  /** Account numbers that cases named, taken or not. */
  readonly named = new Set<string>();
  readonly walks = new Set<string>();

  /** Takes note of what an answer says was written. */
  note(asked: FuzzCase, { status, headers, text }: RawReply): void {
    const { method, path, target, body } = asked;
    for (const number of [target, ...namedIn(path), ...namedIn(body ?? "")]) this.named.add(number);
    if (method !== "POST" || status >= 300) return;
    const route = routeOf(asked);
    if (/^\/v1\/operations\/(rebuilds|verifications)$/.test(route)) {
      this.walks.add(walkSchema.parse(JSON.parse(text)).id);
    } else if (route === "/v1/commands") {
      for (const outcome of outcomesSchema.parse(JSON.parse(text))) {
        if ("problem" in outcome) checkProblem(outcome.status, outcome.problem);
        else this.#wrote(outcome, outcome.replayed === true);
      }
    } else if (!route.startsWith("/v1/operations/")) {
      this.#wrote(acceptedSchema.parse(JSON.parse(text)), headers["idempotency-replayed"] === "true");
    }
  }

  /** Holds one account's log against what was noted. */
  async check(system: System, accountNumber: string): Promise<void> {
    const version = this.versions.get(accountNumber) ?? 0;
    const { status, body } = await system.get(`/v1/accounts/${accountNumber}/commands`);
    expect(status === 404 ? 0 : body.version, `version of ${accountNumber}`).toBe(version);
  }

  #wrote({ account, events: [event] }: z.output<typeof acceptedSchema>, replayed: boolean): void {
    if (replayed) return;
    const { accountNumber } = account;
    expect(event.version, accountNumber).toBe((this.versions.get(accountNumber) ?? 0) + 1);
    this.versions.set(accountNumber, event.version);
  }
}

/** Whatever in a text could be taken for an account number by someone. */
function namedIn(text: string): string[] {
  const named = text.matchAll(/\/accounts\/([^/?]+)|"accountNumber":\s*"([^"]*)"/g);
  return [...named]
    .map(([, inPath, inBody]) => inPath ?? inBody ?? "")
    .filter((number) => wholeNumber.test(number));
}
