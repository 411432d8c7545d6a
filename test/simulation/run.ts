// One run: a seed in, what went wrong out. Steps come one after the other; what one step does, it does side by side.

import { env } from "cloudflare:test";
import { vi } from "vitest";
import type { ProcessorEnv } from "../../src/processor/env.ts";
import { replayAll } from "../../src/processor/parking.ts";
import { readWalk, startWalk, type WalkKind } from "../../src/processor/walks.ts";
import { CLEAR_DEFAULT, MAKE_DEFAULT, request } from "../workerd/commands.ts";
import { checkAnswers, checkOrder, checkPublished, type History, historyOf } from "./check-logs.ts";
import { checkOperations, checkViews, readDirectory } from "./check-views.ts";
import { Clients } from "./clients.ts";
import { emptyDatabases } from "./databases.ts";
import { failingDatabase, failingLogs } from "./faults.ts";
import { SimulatedObjects } from "./objects.ts";
import { skipPauses } from "./pauses.ts";
import { SimulatedQueues } from "./queues.ts";
import { type Random, randomFrom } from "./random.ts";
import { Tally } from "./tally.ts";
import { Turns } from "./turns.ts";
import { CALM, type Weather, weatherFrom } from "./weather.ts";

const MIN_STEPS = 8;
const MAX_STEPS = 16;
const MAX_TASKS_PER_STEP = 4;
const MAX_BATCH = 8;
const ACCOUNTS = ["A", "B", "C"] as const;
/** With nothing failing, so many rounds empty the queues and run every alarm many times over. */
const MAX_DRAIN_ROUNDS = 30;
/** Far from the real time, so that no alarm ever goes off by itself. */
const START_MS = Date.UTC(2100, 0, 1);
const HOUR_MS = 3_600_000;

export interface Run {
  /** What happened, step by step. */
  readonly trace: readonly string[];
  /** Empty: all is as it must be. */
  readonly violations: readonly string[];
  readonly tally: Tally;
}

export async function run(seed: number, attempt = 0): Promise<Run> {
  // Databases for each run would cost more than emptying them; objects have names of their own.
  await emptyDatabases();
  const simulation = new Simulation(seed, `${seed}-${attempt}`);
  try {
    return await simulation.run();
  } catch (error) {
    // Nothing is to throw: a log that does not fold, say, or a consumer that rejects a whole batch.
    return { ...simulation.soFar, violations: [`the run broke off: ${error}`] };
  } finally {
    vi.restoreAllMocks();
  }
}

class Simulation {
  readonly #random: Random;
  readonly #weather: Weather;
  readonly #turns: Turns;
  readonly #queues: SimulatedQueues;
  readonly #objects: SimulatedObjects;
  readonly #clients: Clients;
  /** Isolates of the processor: each remembers what it wrote. */
  readonly #processors: readonly [ProcessorEnv, ProcessorEnv];
  readonly #accountNumbers: readonly [string, ...string[]];
  readonly #trace: string[] = [];
  readonly #tally = new Tally();
  #isCalm = false;
  #now = START_MS;
  /** The latest time that the clock ever told: events may be as young as that. */
  #latest = START_MS;

  constructor(seed: number, name: string) {
    this.#random = randomFrom(seed);
    this.#weather = weatherFrom(this.#random.fork("weather"));
    this.#turns = new Turns(this.#random.fork("turns"));
    this.#queues = new SimulatedQueues(this.#random.fork("queues"), this.#tally);
    this.#objects = new SimulatedObjects(this.#queues, this.#tally);
    const [first, ...others] = ACCOUNTS.map((letter) => `${name}-${letter}`);
    this.#accountNumbers = [first ?? name, ...others.slice(0, this.#random.between(0, others.length))];
    this.#clients = new Clients(this.#random.fork("clients"), this.#accountNumbers);
    const processor: ProcessorEnv = {
      ...env,
      ACCOUNT_LOGS: failingLogs(env.ACCOUNT_LOGS, this.#faults("calls to objects", "callFails")),
      VIEWS: failingDatabase(env.VIEWS, this.#faults("operations of the views database", "viewsFail")),
      OPERATIONS: failingDatabase(
        env.OPERATIONS,
        this.#faults("operations of the operations database", "operationsFail"),
      ),
      // It sees to functions, subscriptions and the inbox, of which there are none here.
      CLOCK: { getByName: () => ({ start: () => Promise.resolve() }) },
    };
    this.#processors = [processor, { ...processor }];
  }

  get #processor(): ProcessorEnv {
    return this.#processors[0];
  }

  #faults(name: string, weather: "viewsFail" | "operationsFail" | "callFails") {
    return {
      name,
      tally: this.#tally,
      turns: this.#turns,
      random: this.#random.fork(name),
      probability: () => (this.#isCalm ? 0 : this.#weather[weather]),
    };
  }

  get soFar(): Pick<Run, "trace" | "tally"> {
    return { trace: this.#trace, tally: this.#tally };
  }

  async run(): Promise<Run> {
    vi.spyOn(Date, "now").mockImplementation(() => this.#now);
    for (const method of ["log", "warn", "error"] as const) vi.spyOn(console, method).mockReturnValue();
    skipPauses(this.#tally);
    this.#queues.install();
    this.#queues.weather = this.#weather;
    const violations: string[] = [];
    const steps = this.#random.between(MIN_STEPS, MAX_STEPS);
    for (let step = 1; step <= steps; step++) {
      await this.#step(step);
      // At every moment a view is right as far as it goes; looking at some moments is cheaper.
      if (this.#random.chance(0.1)) violations.push(...(await this.#checkViews(() => true)));
    }

    this.#isCalm = true;
    this.#queues.weather = CALM;
    violations.push(...(await this.#drain()));
    const histories = await this.#readLogs();
    for (const history of histories) {
      violations.push(
        ...checkOrder(history),
        ...checkAnswers(history, this.#clients.attempts),
        ...checkPublished(history, this.#queues.published),
      );
    }
    // Until it is mended, what lost a message for good may be behind; it is right as far as it goes.
    const lossy = this.#queues.lossy;
    violations.push(...(await this.#checkViews((accountNumber) => lossy.has(accountNumber))));
    if (lossy.size > 0) violations.push(...(await this.#mend()));
    violations.push(...(await checkOperations(histories)), ...this.#queues.violations);
    this.#tally.add("commands", this.#clients.attempts.length);
    this.#tally.add(
      "events",
      histories.reduce((sum, { events }) => sum + events.length, 0),
    );
    return { ...this.soFar, violations };
  }

  async #step(step: number): Promise<void> {
    if (this.#random.chance(this.#weather.clockJumps)) {
      this.#now += this.#random.between(-HOUR_MS, HOUR_MS);
      this.#tally.add("jumps of the clock");
      this.#say(`${step}: the clock says ${this.#now - START_MS}`);
    } else this.#now += this.#random.between(0, 100);
    this.#latest = Math.max(this.#latest, this.#now);
    const tasks = Array.from({ length: this.#random.between(1, MAX_TASKS_PER_STEP) }, () => this.#nextTask());
    await this.#turns.run(
      tasks.map((task) => async () => {
        this.#say(`${step}: ${await task()}`);
      }),
    );
    // Between steps, because an eviction waits for what goes on in the object.
    if (this.#random.chance(0.15)) {
      const accountNumber = this.#random.pick(this.#accountNumbers);
      await this.#objects.evict(accountNumber);
      this.#say(`${step}: ${accountNumber} evicted`);
    }
    if (this.#random.chance(0.1)) await this.#objects.release();
  }

  #nextTask(): () => Promise<string> {
    const kind = this.#random.next();
    if (kind < 0.45 || (kind < 0.75 && this.#queues.size === 0)) {
      const call = this.#clients.nextCall();
      return () => call(this.#processor.ACCOUNT_LOGS);
    }
    if (kind < 0.75 && this.#queues.size > 0) {
      const batch = this.#queues.takeBatch(this.#random.between(1, MAX_BATCH));
      const processor = this.#random.pick(this.#processors);
      return () => this.#queues.deliver(batch, processor);
    }
    const accountNumber = this.#random.pick(this.#accountNumbers);
    if (kind < 0.87) {
      return async () => {
        // Alone, for an object that is reset in the middle of an alarm has to be given that alarm again at once.
        const ran = await this.#turns.take(() => this.#objects.runAlarm(accountNumber), true);
        return `${accountNumber} alarm ${ran ? "ran" : "was not armed"}`;
      };
    }
    if (kind < 0.95) {
      return async () => {
        await this.#turns.take(() => this.#objects.abortAll());
        return "all objects aborted";
      };
    }
    if (kind < 0.98) {
      this.#queues.enqueueRepair(accountNumber);
      return async () => `${accountNumber} asked to be repaired`;
    }
    return () => this.#startWalk("rebuild");
  }

  async #startWalk(kind: WalkKind): Promise<string> {
    return startWalk(this.#processor, kind, true).then(
      () => `${kind} started`,
      (error) => `${kind} not started: ${error}`,
    );
  }

  /** Nothing fails any more: all alarms run, and all that waits is delivered, until there is nothing left. */
  async #drain(): Promise<string[]> {
    for (let round = 1; round <= MAX_DRAIN_ROUNDS; round++) {
      await this.#objects.release();
      let hadAlarm = false;
      for (const accountNumber of this.#accountNumbers) {
        if (await this.#objects.runAlarm(accountNumber)) hadAlarm = true;
      }
      const batches = [];
      while (this.#queues.size > 0) batches.push(this.#queues.takeBatch(MAX_BATCH));
      if (!hadAlarm && batches.length === 0) return [];
      await this.#turns.run(
        batches.map((batch) => async () => {
          this.#say(`drained: ${await this.#queues.deliver(batch, this.#processor)}`);
        }),
      );
    }
    return ["with nothing failing, alarms or messages go on for ever"];
  }

  /** Ends what only the account's next event, a reader, or an operator can end; then all views are to be right. */
  async #mend(): Promise<string[]> {
    // Verifying leaves alone what may still be on its way, however far the clock went back since.
    this.#now = this.#latest + HOUR_MS;
    const lossy = [...this.#queues.lossy];
    const how = this.#random.pick(["next event", "reader", "verification", "rebuild"] as const);
    this.#say(`${lossy.join(", ")} mended by ${how}`);
    const problems: string[] = [];
    const directory = await readDirectory();
    await this.#turns.run([
      async () => {
        await replayAll(this.#processor);
      },
    ]);
    for (const accountNumber of lossy) {
      // Of an account whose messages were all lost, only its next event or a reader tells.
      const isWalked = (how === "verification" || how === "rebuild") && directory.has(accountNumber);
      const isNext = how === "next event" && (await appendEvent(accountNumber));
      if (!isWalked && !isNext) this.#queues.enqueueRepair(accountNumber);
    }
    if (how === "verification" || how === "rebuild") problems.push(...(await this.#walk(how)));
    else problems.push(...(await this.#drain()));
    return [...problems, ...(await this.#checkViews(() => false))];
  }

  async #walk(kind: WalkKind): Promise<string[]> {
    let id = "";
    await this.#turns.run([
      async () => {
        id = await startWalk(this.#processor, kind, true);
      },
    ]);
    const problems = await this.#drain();
    const walk = await readWalk(env.OPERATIONS, kind, id);
    return walk?.finishedAt == null ? [...problems, `the ${kind} is not done`] : problems;
  }

  async #checkViews(mayLag: (accountNumber: string) => boolean): Promise<string[]> {
    const histories = await this.#readLogs();
    return checkViews(histories.map((history) => ({ history, mayLag: mayLag(history.accountNumber) })));
  }

  async #readLogs(): Promise<History[]> {
    return Promise.all(
      this.#accountNumbers.map(async (accountNumber) => {
        const { events } = await env.ACCOUNT_LOGS.getByName(accountNumber).events(0, 500);
        return historyOf(accountNumber, events);
      }),
    );
  }

  #say(line: string): void {
    this.#trace.push(line);
  }
}

/** Whether the account took one more event: a closed one takes none. */
async function appendEvent(accountNumber: string): Promise<boolean> {
  const log = env.ACCOUNT_LOGS.getByName(accountNumber);
  const isDefault = (await log.current())?.defaultAccount === true;
  const [outcome] = await log.execute([request(isDefault ? CLEAR_DEFAULT : MAKE_DEFAULT)], false);
  return outcome?.kind === "accepted";
}
