// Cost, and the burst on one account: billed units counted inside the runtime, priced by the table in prices.ts.

import type { Bench } from "../bench.ts";
import type { Figure, Goal, Measured } from "../figures.ts";
import { spreadOf } from "../figures.ts";
import type { Units } from "../meter/units.ts";
import { type Counted, countPlainWay, countSystem } from "../metering.ts";
import {
  ASSUMED,
  costPerMillion,
  DATABASE_STORAGE_PRICE,
  LOGS_ASSUMED,
  logsPerMillion,
  OBJECT_STORAGE_PRICE,
  PRICES,
  PRICES_AS_OF,
  PRICES_SOURCE,
} from "../prices.ts";

const IDLE_COST_GOAL = 7;
const BURST_COST_GOAL = 3.5;
const MESSAGES_PER_EVENT_GOAL = 1 / 20;
const ROWS_PER_COMMAND_GOAL = 2.2;

const SYSTEM = "Tributary";
const PLAIN = "the plain way";
/** A deployment may keep fewer, or none. */
export const COST_WITH_LOGS = "cost, all logs kept";

export async function measureCost({ sizes }: Bench): Promise<Measured> {
  const counts = { idle: sizes.idleLives, burst: sizes.burstCommands, resting: !sizes.quick };
  // Side by side: what is counted does not depend on time, and most of it is waiting for alarms.
  const [system, plain] = await Promise.all([
    countSystem({ ...counts, keyed: true }),
    // It has no keys.
    countPlainWay({ ...counts, keyed: false, resting: false }),
  ]);
  const situations = [...situationsOf(SYSTEM, system), ...situationsOf(PLAIN, plain)];
  return {
    name: "cost",
    title: "Cost, and a burst on one account",
    how:
      `${counts.idle} times each of the seven commands of a life (confirmed, active, default and not, suspended, active, closed), ` +
      "each on an account that rests (its object sleeps) and projected before the next; then " +
      `${counts.burst} commands on one account as fast as they go, over 50 connections. Units are counted by what the ` +
      "runtime itself reports: rows by its cursors and query results, calls, alarms and messages by counting them. " +
      "No function is bound and nobody subscribed: what those add depends on what they do. " +
      "The plain way (`bench/plain-way`) is what one writes first: a row for the event, with an index beside its key, and one in an outbox; an alarm with each command, which " +
      "sends what is there and deletes it; a message for each event, and two rows in D1 for each message. It logs nothing. " +
      `Prices are those of ${PRICES_AS_OF} (${PRICES_SOURCE}).`,
    figures: situations.flatMap(({ name, what, units, commands }) => figuresOf(name, what, units, commands)),
    goals: goalsOf(system),
    notes: [
      `US$ per million of each: ${Object.entries(PRICES)
        .map(([unit, price]) => `${unit} ${price}`)
        .join(", ")}. ${ASSUMED}`,
      `Logs are not in the cost, but in the line below it: the lines are counted, and taken to be paid for with ${LOGS_ASSUMED}. An invocation's own line is turned off in each wrangler.toml.`,
      `What is stored is billed as long as it is kept, also while nobody asks for anything: US$ ${DATABASE_STORAGE_PRICE} a month for a GB in D1, and ${OBJECT_STORAGE_PRICE} for one in objects. docs/scale.md says how much that is.`,
      "In a burst some commands overtake each other, are refused, and are sent again: requests count, refused or not.",
      "While anything happens, and two minutes longer, a clock ticks once a minute: an alarm, three rows written at most, and some read. It counts where it fell into what was measured.",
      "A reaction of a function adds a message and 3 rows written in D1 (`test/processor/rows-written.test.ts`) to the commands that it answers, which cost what commands cost.",
      "In D1 a command writes two rows, the account's and the feed's chunk, and a third, the index entry of the new status, where that is another than active.",
    ],
    plots: [
      {
        file: "cost.svg",
        title: "US$ per million commands",
        whats: ["idle accounts: cost", "burst: cost"],
        unit: "US$ a million",
      },
    ],
  };
}

interface Situation {
  readonly name: string;
  readonly what: string;
  readonly units: Units;
  readonly commands: number;
}

function situationsOf(name: string, counted: Counted): Situation[] {
  const { idle, idleKeyed, idleCommands: commands, burst, burstCommands } = counted;
  return [
    { name, what: "idle accounts", units: idle, commands },
    ...(idleKeyed === null ? [] : [{ name, what: "idle accounts, with a key", units: idleKeyed, commands }]),
    { name, what: "burst", units: burst, commands: burstCommands },
  ];
}

function figuresOf(system: string, situation: string, units: Units, commands: number): Figure[] {
  const { total } = costPerMillion(units, commands);
  const perCommand = (what: keyof Units): Figure => ({
    system,
    what: `${situation}: ${UNIT_NAMES[what]}`,
    unit: "a command",
    spread: spreadOf([units[what] / commands]),
  });
  return [
    ...(Object.keys(UNIT_NAMES) as (keyof Units)[]).map(perCommand),
    { system, what: `${situation}: cost`, unit: "US$ a million", spread: spreadOf([total]) },
    {
      system,
      what: `${situation}: ${COST_WITH_LOGS}`,
      unit: "US$ a million",
      spread: spreadOf([total + logsPerMillion(units, commands)]),
    },
  ];
}

const UNIT_NAMES: Readonly<Record<keyof Units, string>> = {
  workerRequests: "Worker requests",
  objectRequests: "object calls and alarms",
  objectRowsWritten: "object rows written",
  objectRowsRead: "object rows read",
  messages: "messages",
  queueOperations: "queue operations",
  databaseRowsWritten: "D1 rows written",
  databaseRowsRead: "D1 rows read",
  logLines: "log lines",
  logBytes: "bytes of log lines",
};

function goalsOf({ idle, idleKeyed, idleCommands, burst, burstCommands, resting }: Counted): Goal[] {
  return [
    {
      text: "US$ per million commands on idle accounts",
      measured: costPerMillion(idle, idleCommands).total,
      limit: IDLE_COST_GOAL,
      isCeiling: true,
      reason: "see the figures",
    },
    ...(idleKeyed === null
      ? []
      : [
          {
            text: "US$ per million commands on idle accounts, with an idempotency key each",
            measured: costPerMillion(idleKeyed, idleCommands).total,
            limit: IDLE_COST_GOAL,
            isCeiling: true,
            reason: "see the figures",
          },
        ]),
    {
      text: "US$ per million commands in a burst",
      measured: costPerMillion(burst, burstCommands).total,
      limit: BURST_COST_GOAL,
      isCeiling: true,
      reason: "see the figures",
    },
    {
      text: "rows billed in the object, per command of a burst",
      measured: burst.objectRowsWritten / burstCommands,
      limit: ROWS_PER_COMMAND_GOAL,
      isCeiling: true,
      reason: "see the figures",
    },
    {
      text: "messages per event of a burst",
      measured: burst.messages / burstCommands,
      limit: MESSAGES_PER_EVENT_GOAL,
      isCeiling: true,
      reason:
        "a message leaves 200 ms after the one before at the latest, so a burst of fewer than a hundred events a second fills none",
    },
    ...(resting === null ? [] : [restingGoal(resting)]),
  ];
}

function restingGoal(resting: Units): Goal {
  return {
    text: "billed units while nobody asks for anything, a minute, beside what is stored",
    measured: Object.values(resting).reduce((sum, units) => sum + units, 0),
    limit: 0,
    isCeiling: true,
    reason: "see the figures",
  };
}
