// The clients: they send commands, lose replies, repeat what they are not sure of, and keep a journal of it all.

import type { Account } from "../../src/account/account.ts";
import type { AccountLogs, CommandOutcome, CommandRequest } from "../../src/account/account-log.ts";
import { type AccountCommand, TRANSITION_NAMES, TRANSITION_SCHEMAS } from "../../src/account/commands.ts";
import { legalCommands } from "../../src/account/decide.ts";
import { LogUnavailable, reachLog } from "../../src/account/reach-log.ts";
import { type AddressedCommand, dispatch } from "../../src/command/dispatch.ts";
import type { ExpectedVersion } from "../../src/event-sourcing/expected-version.ts";
import type { Random } from "./random.ts";

/** One command sent once, and what came of it. */
export interface Attempt {
  readonly accountNumber: string;
  readonly request: CommandRequest;
  /** The greatest version that any client knew the account to have when this was first sent. */
  readonly leastVersion: number;
  /** Places in the order of everything that clients do. */
  readonly sentAt: number;
  answeredAt: number;
  /** Null where no answer came: it may be in the log, once, or not. */
  outcome: CommandOutcome | null;
}

/** A call whose answer never came, to be made once more as its caller's own retry. */
interface LostCall {
  readonly accountNumber: string;
  readonly attempts: readonly Attempt[];
}

export class Clients {
  readonly attempts: Attempt[] = [];
  readonly #random: Random;
  readonly #accountNumbers: readonly [string, ...string[]];
  /** The newest state of each account that any reply told of. */
  readonly #known = new Map<string, Account>();
  readonly #lost: LostCall[] = [];
  #commands = 0;
  #calls = 0;
  #moments = 0;

  constructor(random: Random, accountNumbers: readonly [string, ...string[]]) {
    this.#random = random;
    this.#accountNumbers = accountNumbers;
  }

  /** Some commands in one call, most often one, to one account or to several. Answers what the call is to do. */
  nextCall(): (logs: AccountLogs) => Promise<string> {
    const random = this.#random;
    const lost = random.chance(0.4) ? this.#lost.shift() : undefined;
    if (lost !== undefined) return (logs) => this.#callAgain(logs, lost);
    const correlationId = String(++this.#calls).padStart(32, "0");
    const count = random.chance(0.75) ? 1 : random.between(2, 4);
    const chosen = random.pick(this.#accountNumbers);
    const commands = Array.from({ length: count }, () =>
      this.#nextCommand(random.chance(0.7) ? chosen : random.pick(this.#accountNumbers), correlationId),
    );
    return (logs) => this.#call(logs, commands);
  }

  async #call(logs: AccountLogs, commands: readonly AddressedCommand[]): Promise<string> {
    const sent = commands.map((command) => ({ command, attempt: this.#journal(command) }));
    const outcomes = await dispatch(logs, commands);
    for (const { command, attempt } of sent) {
      const outcome = outcomes.get(command);
      this.#answered(attempt, outcome === undefined || outcome instanceof LogUnavailable ? null : outcome);
    }
    const lost = sent.filter(({ attempt }) => attempt.outcome === null).map(({ attempt }) => attempt);
    for (const [accountNumber, attempts] of Map.groupBy(lost, (attempt) => attempt.accountNumber)) {
      this.#lost.push({ accountNumber, attempts });
    }
    return sent.map(({ attempt }) => describe(attempt)).join("; ");
  }

  async #callAgain(logs: AccountLogs, { accountNumber, attempts }: LostCall): Promise<string> {
    const again = attempts.map(({ request, leastVersion }) =>
      this.#journal({ accountNumber, request }, leastVersion),
    );
    const requests = attempts.map(({ request }) => request);
    try {
      const outcomes = await reachLog(logs, accountNumber, (log) => log.execute(requests, true));
      for (const [index, attempt] of again.entries()) this.#answered(attempt, outcomes[index] ?? null);
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      for (const attempt of again) this.#answered(attempt, null);
      this.#lost.push({ accountNumber, attempts: again });
    }
    return `retrying ${again.map(describe).join("; ")}`;
  }

  #journal({ accountNumber, request }: AddressedCommand, leastVersion?: number): Attempt {
    const attempt: Attempt = {
      accountNumber,
      request,
      leastVersion: leastVersion ?? this.#known.get(accountNumber)?.version ?? 0,
      sentAt: ++this.#moments,
      answeredAt: Number.POSITIVE_INFINITY,
      outcome: null,
    };
    this.attempts.push(attempt);
    return attempt;
  }

  #answered(attempt: Attempt, outcome: CommandOutcome | null): void {
    attempt.answeredAt = ++this.#moments;
    attempt.outcome = outcome;
    if (outcome?.kind !== "accepted") return;
    const known = this.#known.get(attempt.accountNumber)?.version ?? 0;
    if (outcome.account.version > known) this.#known.set(attempt.accountNumber, outcome.account);
  }

  #nextCommand(accountNumber: string, correlationId: string): AddressedCommand {
    const random = this.#random;
    const keyed = this.attempts.filter(({ request }) => request.keyed);
    const repeated = random.chance(0.25) ? random.pickOf(keyed) : undefined;
    if (repeated !== undefined) {
      // At times by mistake with another command.
      const { command, expected } = random.chance(0.9)
        ? repeated.request
        : { command: this.#command(repeated.accountNumber), expected: "any" as const };
      const metadata = { ...repeated.request.metadata, correlationId };
      return {
        accountNumber: repeated.accountNumber,
        request: { command, expected, metadata, keyed: true, owner: null },
      };
    }
    const command = this.#command(accountNumber);
    return {
      accountNumber,
      request: {
        command,
        expected: command.type === "create" ? "any" : this.#expected(accountNumber),
        keyed: random.chance(0.5),
        owner: null,
        metadata: {
          commandId: `command-${++this.#commands}`,
          correlationId,
          causationId: null,
          actor: "anonymous",
        },
      },
    };
  }

  #command(accountNumber: string): AccountCommand {
    const random = this.#random;
    const known = this.#known.get(accountNumber);
    if (random.chance(known === undefined ? 0.9 : 0.03)) {
      return { type: "create", userId: random.between(1, 3), defaultAccount: random.chance(0.3) };
    }
    // Most often one that would be accepted, were nobody else there; closing is the end, so it is rare.
    const names = known !== undefined && random.chance(0.8) ? legalCommands(known) : TRANSITION_NAMES;
    const name = random.pickOf(names.filter((other) => other !== "close" || random.chance(0.1)));
    return TRANSITION_SCHEMAS[name ?? "confirm"].parse({});
  }

  #expected(accountNumber: string): ExpectedVersion {
    const known = this.#known.get(accountNumber)?.version ?? 0;
    return this.#random.pick<ExpectedVersion>(["any", "any", "any", "exists", [known], [known, known + 1]]);
  }
}

function describe({ accountNumber, request, outcome }: Attempt): string {
  const { command, metadata, keyed } = request;
  const came =
    outcome === null
      ? "no answer"
      : outcome.kind === "accepted"
        ? `version ${outcome.account.version}${outcome.replayed ? " replayed" : ""}`
        : outcome.kind === "refused"
          ? outcome.refusal.code
          : outcome.kind;
  return `${accountNumber} ${command.type} ${keyed ? "key" : "id"} ${metadata.commandId}: ${came}`;
}
