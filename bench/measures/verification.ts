// What verifying a caller's token takes of a request: the same read of a system that asks for one, and of an open one.

import { type Bench, repeated, turnsOf } from "../bench.ts";
import { type Measured, type Ratio, ratioOf, spreadOf } from "../figures.ts";
import { load } from "../load.ts";
import { startSystem, WORKER_NAMES } from "../systems.ts";
import { number } from "../tables.ts";
import { LocalIssuer } from "../tokens.ts";
import type { LoadResult, Traffic } from "../traffic.ts";

/** What an account is asked for that there is none of: the least work behind the door, so that its share is greatest. */
const PATH = "/v1/accounts/NOBODY";
const OPEN = "Tributary, open";
const ASKING = "Tributary, verifying tokens";
const LATENCY = "latency, p50";
const READS = "reads per second";

export async function measureVerification({ sizes }: Bench): Promise<Measured> {
  const issuer = await LocalIssuer.start();
  // Both new, so that they differ in nothing else.
  const [asking, open] = [await startSystem(issuer.vars), await startSystem()];
  try {
    const url = asking.url(WORKER_NAMES.query);
    const asksForTokens = (await fetch(`${url}${PATH}`)).status === 401;
    const doors = [
      { name: OPEN, url: open.url(WORKER_NAMES.query), traffic: repeated([PATH], 404) },
      ...(asksForTokens ? [{ name: ASKING, url, traffic: withTokens(issuer, sizes.connections) }] : []),
    ];
    const samples = new Map(
      doors.map(({ name }) => [name, { alone: [] as LoadResult[], many: [] as LoadResult[] }]),
    );
    // The first round warms up: the keys are fetched then, too.
    for (let round = 0; round <= sizes.rounds; round++) {
      for (const { name, url: door, traffic } of turnsOf(round, { ...sizes.turns, count: 1 }, doors)) {
        const alone = await load(door, traffic, { connections: 1, seconds: sizes.seconds });
        const many = await load(door, traffic, { connections: sizes.connections, seconds: sizes.seconds });
        if (round === 0) continue;
        samples.get(name)?.alone.push(alone);
        samples.get(name)?.many.push(many);
      }
    }
    const errorsOf = (results: readonly LoadResult[]): number =>
      results.reduce((sum, { errors }) => sum + errors, 0);
    const figures = [...samples].flatMap(([name, { alone, many }]) => [
      {
        system: name,
        what: LATENCY,
        unit: "ms",
        spread: spreadOf(alone.map(({ p50Ms }) => p50Ms)),
        errors: errorsOf(alone),
      },
      {
        system: name,
        what: READS,
        unit: "reads/s",
        spread: spreadOf(many.map(({ perSecond }) => perSecond)),
        errors: errorsOf(many),
      },
    ]);
    return {
      name: "verification",
      title: "Verifying a token",
      how: "Reads of an account that does not exist, one after the other and over all connections. Tokens are signed by ES256; each connection has a caller of its own. Rates are not limited.",
      figures,
      goals: [],
      notes: asksForTokens
        ? [shareNote(ratioOf(figures, { system: ASKING, what: LATENCY }, { system: OPEN, what: LATENCY }))]
        : ["This version asks nobody for a token."],
      plots: [],
    };
  } finally {
    await asking.stop();
    await open.stop();
    issuer.stop();
  }
}

function shareNote({ measured, range: [least, greatest] = [0, Number.POSITIVE_INFINITY] }: Ratio): string {
  const isTold = measured !== null && (least > 1 || greatest < 1);
  return isTold
    ? `With a token such a read takes ${number(measured)} times as long (${number(least)} to ${number(greatest)} in a round).`
    : "What verifying takes is less than what one round differs from the next.";
}

function withTokens(issuer: LocalIssuer, connections: number): Traffic {
  const headers = Array.from({ length: connections }, (_, connection) => ({
    Authorization: `Bearer ${issuer.token(`bench-${connection}`)}`,
  }));
  return {
    expected: 404,
    next: (connection) => ({ method: "GET", path: PATH, headers: headers[connection] ?? {} }),
    answered: () => {},
  };
}
