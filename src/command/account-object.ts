// The account object: the one owner of one account's log. It decides, appends, acknowledges, and publishes.

import { DurableObject } from "cloudflare:workers";
import type { Account } from "../account/account.ts";
import {
  type AccountLog,
  type CommandOutcome,
  type CommandRequest,
  type LogSlice,
  MAX_LOG_SLICE,
  type PastState,
} from "../account/account-log.ts";
import type { AccountCommand } from "../account/commands.ts";
import { accountDecider } from "../account/decider.ts";
import { type AccountEvent, EVENT_SCHEMAS, type RecordedAccountEvent } from "../account/events.ts";
import type { EventsMessage } from "../account/events-message.ts";
import { UNPUBLISHED_LIST, type UnpublishedObjects } from "../account/unpublished-accounts.ts";
import { fold } from "../event-sourcing/decider.ts";
import { logFailure } from "../http/log-line.ts";
import { EventLog, type RememberedCommand } from "./event-log.ts";
import { Publisher } from "./publisher.ts";

/** Long enough for the ordinary publishing, right after the commit, to be over when the alarm looks after it. */
const ALARM_DELAY_MS = 5_000;
/** The alarm's delay doubles with each failure up to this. */
const MAX_ALARM_DELAY_MS = 60_000;

interface AccountObjectEnv {
  readonly ACCOUNT_EVENTS: Queue<EventsMessage>;
  readonly UNPUBLISHED: UnpublishedObjects;
}

export class AccountObject extends DurableObject<AccountObjectEnv> implements AccountLog {
  readonly #accountNumber: string;
  readonly #log: EventLog;
  readonly #publisher: Publisher;
  /** Folded when it is first needed, and never for publishing: a log that does not fold is published all the same. */
  #folded: { account: Account | null } | null = null;
  #alarmArmed = false;
  #failedAlarms = 0;
  /** Whether it is on the list of those whose events wait; null where it may be: from before it woke, or by a call that failed. */
  #isNoted: boolean | null = null;

  constructor(ctx: DurableObjectState, env: AccountObjectEnv) {
    super(ctx, env);
    if (ctx.id.name === undefined) throw new Error("An account object is reached by its account number");
    this.#accountNumber = ctx.id.name;
    this.#log = new EventLog(ctx.storage, this.#accountNumber);
    this.#publisher = new Publisher(env.ACCOUNT_EVENTS, this.#log, this.#accountNumber);
  }

  async execute(requests: readonly CommandRequest[], retrying: boolean): Promise<CommandOutcome[]> {
    if (this.#publisher.cursor === null) await this.#findCursor();
    // No `await` from here on: what is decided is decided on the state that it is appended to, and the requests of one
    // call are appended together.
    return retrying ? this.#executeAgain(requests) : requests.map((request) => this.#execute(request));
  }

  async current(): Promise<Account | null> {
    return this.#account();
  }

  async atVersion(version: number): Promise<PastState> {
    return { currentVersion: this.#log.head().version, account: this.#log.atVersion(version) };
  }

  async atTime(at: number): Promise<PastState> {
    return this.atVersion(this.#log.versionAt(at));
  }

  async events(after: number, limit: number): Promise<LogSlice> {
    return {
      currentVersion: this.#log.head().version,
      events: this.#log.read(after, Math.min(limit, MAX_LOG_SLICE)),
    };
  }

  /** Stands behind publishing. Never throws: the platform gives up an alarm that goes on throwing. */
  override async alarm(): Promise<void> {
    this.#alarmArmed = false;
    try {
      // Woken by the alarm itself, so something may be unpublished: what the newest row knew of is what is certain.
      if (this.#publisher.cursor === null) {
        const { version, published } = this.#log.head();
        this.#publisher.startFrom(published, version);
      }
      await this.#publisher.publishToHead();
      this.#failedAlarms = 0;
      if (this.#isNoted !== false && !(await this.#noteUnpublished(null))) this.#armAlarm(MAX_ALARM_DELAY_MS);
    } catch (error) {
      this.#reportFailedSend(error);
      this.#failedAlarms += 1;
      this.#armAlarm(Math.min(ALARM_DELAY_MS * 2 ** this.#failedAlarms, MAX_ALARM_DELAY_MS));
      if (this.#isNoted !== true) await this.#noteUnpublished(this.#publisher.waitingSince());
    }
  }

  /** `since`: of the oldest event that waits, null where none does. Whether that is written down. */
  async #noteUnpublished(since: number | null): Promise<boolean> {
    const list = this.env.UNPUBLISHED.getByName(UNPUBLISHED_LIST);
    try {
      if (since === null) await list.clear(this.#accountNumber);
      else await list.note(this.#accountNumber, since);
      this.#isNoted = since !== null;
      return true;
    } catch (error) {
      // It may have been written all the same.
      this.#isNoted = null;
      logFailure("list of unpublished accounts", { accountNumber: this.#accountNumber }, error);
      return false;
    }
  }

  #execute(request: CommandRequest): CommandOutcome {
    // Before keys are looked at: whether an account knows a key tells that there is one.
    if (this.#isHiddenFrom(request)) return refuseHidden(request);
    const remembered = request.keyed ? this.#log.findByIdempotencyKey(request.metadata.commandId) : null;
    return remembered === null ? this.#decide(request) : replay(request, remembered);
  }

  /**
   * Requests whose first attempt may have been applied. Where one of them is in the log, all were, together: then each
   * gets the outcome that it had, a refusal too, which is decided anew on the state that it met.
   */
  #executeAgain(requests: readonly CommandRequest[]): CommandOutcome[] {
    const remembered = new Map(
      requests.map((request) => [request, this.#isHiddenFrom(request) ? null : this.#remembered(request)]),
    );
    const isOurs = (request: CommandRequest): boolean =>
      remembered.get(request)?.events[0]?.metadata.correlationId === request.metadata.correlationId;
    const firstOurs = requests.find(isOurs);
    const first = firstOurs && remembered.get(firstOurs);
    if (!first) return requests.map((request) => this.#execute(request));

    let met = this.#log.atVersion((first.events[0]?.version ?? 1) - 1);
    const answered = new Set<number>();
    return requests.map((request) => {
      if (this.#isHiddenFrom(request)) return refuseHidden(request);
      const known = remembered.get(request) ?? null;
      if (known === null) {
        const decision = accountDecider.decide(met, request.command, request.expected);
        return decision.kind === "refusal"
          ? { kind: "refused", refusal: decision.refusal }
          : this.#execute(request);
      }
      const outcome = replay(request, known);
      if (outcome.kind !== "accepted" || !isOurs(request) || answered.has(known.account.version))
        return outcome;
      answered.add(known.account.version);
      met = known.account;
      // What an earlier attempt of this very request wrote is no replay: its caller has had no reply yet.
      return { ...outcome, replayed: false };
    });
  }

  #decide({ command, expected, metadata, keyed }: CommandRequest): CommandOutcome {
    const before = this.#account();
    const decision = accountDecider.decide(before, command, expected);
    if (decision.kind === "refusal") return { kind: "refused", refusal: decision.refusal };
    const events = this.#record(decision.events, before, metadata);
    const account = fold(accountDecider.evolve, before, events);
    if (account === null) throw new Error(`${this.#accountNumber}: events fold to an account`);

    this.#log.append({
      account,
      events,
      published: this.#publisher.cursor ?? 0,
      remembered: keyed ? { idempotencyKey: metadata.commandId, request: textOf(command) } : null,
    });
    // In the same turn as the append, so both commit together; an armed alarm is left as it is, since arming is a row.
    if (!this.#alarmArmed) this.#armAlarm(ALARM_DELAY_MS);
    this.#folded = { account };
    this.#publisher.remember(events);
    this.ctx.waitUntil(this.#publisher.publish().catch((error) => this.#reportFailedSend(error)));
    return { kind: "accepted", account, events, replayed: false };
  }

  /** Whether the account is another user's than the caller may know of. Who an account belongs to never changes. */
  #isHiddenFrom({ owner }: CommandRequest): boolean {
    if (owner === null) return false;
    const account = this.#account();
    return account !== null && account.userId !== owner;
  }

  #remembered({ metadata, keyed }: CommandRequest): RememberedCommand | null {
    return keyed
      ? this.#log.findByIdempotencyKey(metadata.commandId)
      : this.#log.findRecentCommand(metadata.commandId);
  }

  #account(): Account | null {
    this.#folded ??= { account: this.#log.current() };
    return this.#folded.account;
  }

  #record(
    events: readonly AccountEvent[],
    before: Account | null,
    metadata: CommandRequest["metadata"],
  ): RecordedAccountEvent[] {
    // A log's time never goes backwards, whatever the clock does.
    const createdAt = Math.max(Date.now(), before?.lastModified ?? 0);
    return events.map(({ type, data }, index) => {
      const version = (before?.version ?? 0) + 1 + index;
      return {
        id: `${this.#accountNumber}:${version}`,
        createdAt,
        lastModified: createdAt,
        type,
        schema: EVENT_SCHEMAS[type],
        accountNumber: this.#accountNumber,
        version,
        data: { ...data },
        metadata,
      };
    });
  }

  /**
   * After waking: no alarm is armed only when everything has been published. Else the newest row says what is certain,
   * and a few events go out again, which the processor ignores. (In `alarm` itself the platform reports no alarm.)
   */
  async #findCursor(): Promise<void> {
    const armed = (await this.ctx.storage.getAlarm()) !== null;
    if (this.#publisher.cursor !== null) return;
    this.#alarmArmed = armed;
    // As long as an account is on the list, its alarm is armed.
    if (!armed) this.#isNoted = false;
    try {
      // Reading the account tells where its log ends, too.
      this.#account();
    } catch {
      // One that does not fold has an end, and first replies to its keys, all the same. Who needs the account finds out.
    }
    const { version, published } = this.#log.head();
    this.#publisher.startFrom(armed ? published : version, version);
  }

  #armAlarm(delayMs: number): void {
    this.#alarmArmed = true;
    // Not awaited: the output gate holds the reply until the write is durable.
    void this.ctx.storage.setAlarm(Date.now() + delayMs);
  }

  #reportFailedSend(error: unknown): void {
    logFailure("events wait to be published", { accountNumber: this.#accountNumber }, error);
  }
}

/** What an account that does not exist would answer, but that its number is taken. */
function refuseHidden({ command, expected }: CommandRequest): CommandOutcome {
  const decision = accountDecider.decide(accountDecider.initialState, command, expected);
  return {
    kind: "refused",
    refusal: decision.kind === "refusal" ? decision.refusal : { code: "account-already-exists" },
  };
}

/** The first reply again, unless the key belongs to another request. */
function replay(
  { command }: CommandRequest,
  { request, account, events }: RememberedCommand,
): CommandOutcome {
  if (request !== null && request !== textOf(command)) return { kind: "idempotency-key-reused" };
  return { kind: "accepted", account, events, replayed: true };
}

/** Commands come out of their schemas with their members in a fixed order, so equal requests are equal texts. */
function textOf(command: AccountCommand): string {
  return JSON.stringify(command);
}
