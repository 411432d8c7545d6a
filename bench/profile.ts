// `npm run profile`: where the Workers' processor time goes while commands or reads come through the edge, by V8's sampling
// in workerd. For finding what to make faster; a profiled runtime is slower, so its rates are no figures.

import { once } from "node:events";
import * as z from "zod";
import { fail, readOptions } from "../src/tools/command-line.ts";
import { Accounts } from "./accounts.ts";
import { quiet, repeated } from "./bench.ts";
import { load } from "./load.ts";
import { startSystem, WORKER_NAMES } from "./systems.ts";
import type { Traffic } from "./traffic.ts";

const USAGE = "Usage: npm run profile -- [--of commands|reads|pages]";

const ACCOUNTS = 64;
const CONNECTIONS = 32;
const SECONDS = 10;
const SAMPLING_MICROSECONDS = 500;
const SHOWN = 15;
/** Time in which no script ran. */
const NOT_WORK: readonly string[] = ["(idle)", "(program)"];

const targetsSchema = z.array(z.object({ title: z.string(), webSocketDebuggerUrl: z.string() }));
const profileSchema = z.object({
  result: z.object({
    profile: z.object({
      nodes: z.array(
        z.object({
          id: z.int(),
          callFrame: z.object({ functionName: z.string(), lineNumber: z.int() }),
          children: z.array(z.int()).default([]),
        }),
      ),
      samples: z.array(z.int()),
      /** Microseconds. */
      timeDeltas: z.array(z.int()),
    }),
  }),
});
type Profile = z.output<typeof profileSchema>["result"]["profile"];

const TRAFFIC: Readonly<Record<string, (accounts: Accounts) => Traffic>> = {
  commands: (accounts) => accounts,
  reads: ({ numbers }) =>
    repeated(
      numbers.map((number) => `/v1/accounts/${number}`),
      200,
    ),
  pages: () => repeated(["/v1/accounts"], 200),
};

const { values } = readOptions({ options: { of: { type: "string", default: "commands" } } }, USAGE);
const trafficOf = TRAFFIC[values.of] ?? fail(USAGE);

const rig = await startSystem({ OPEN_ON_LOOPBACK: "true" }, true);
try {
  const url = rig.url(WORKER_NAMES.edge);
  const accounts = new Accounts("PROFILE", ACCOUNTS, CONNECTIONS);
  await accounts.open(url);
  await quiet(rig);
  const inspected = targetsSchema.parse(await (await fetch(`${rig.inspectorUrl}/json`)).json());
  const own = inspected.filter(({ title }) =>
    Object.values(WORKER_NAMES).some((name) => title.endsWith(name)),
  );
  const profilers = await Promise.all(own.map(startProfiling));
  await load(url, trafficOf(accounts), { connections: CONNECTIONS, seconds: SECONDS });
  for (const profiler of profilers) show(profiler.title, await profiler.stop());
} finally {
  await rig.stop();
}

async function startProfiling({ title, webSocketDebuggerUrl }: z.output<typeof targetsSchema>[number]) {
  const socket = new WebSocket(webSocketDebuggerUrl);
  await once(socket, "open");
  let calls = 0;
  const call = (method: string, params: object = {}): Promise<unknown> => {
    calls += 1;
    const id = calls;
    return new Promise((settle) => {
      const listen = ({ data }: MessageEvent): void => {
        const reply: unknown = JSON.parse(String(data));
        if (z.object({ id: z.literal(id) }).safeParse(reply).error) return;
        socket.removeEventListener("message", listen);
        settle(reply);
      };
      socket.addEventListener("message", listen);
      socket.send(JSON.stringify({ id, method, params }));
    });
  };
  await call("Profiler.enable");
  await call("Profiler.setSamplingInterval", { interval: SAMPLING_MICROSECONDS });
  await call("Profiler.start");
  return {
    title,
    async stop(): Promise<Profile> {
      const { result } = profileSchema.parse(await call("Profiler.stop"));
      socket.close();
      return result.profile;
    },
  };
}

/** Functions by their share of the busy time: alone, and with all that they call. Lines are those of the bundle. */
function show(title: string, { nodes, samples, timeDeltas }: Profile): void {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children }) => children.map((child) => [child, id])));
  const nameOf = (id: number): string => {
    const { functionName = "", lineNumber = 0 } = byId.get(id)?.callFrame ?? {};
    return `${functionName || "(anonymous)"}:${lineNumber + 1}`;
  };
  const alone = new Map<string, number>();
  const whole = new Map<string, number>();
  let busy = 0;
  for (const [index, sample] of samples.entries()) {
    if (NOT_WORK.includes(byId.get(sample)?.callFrame.functionName ?? "")) continue;
    const delta = timeDeltas[index] ?? 0;
    busy += delta;
    alone.set(nameOf(sample), (alone.get(nameOf(sample)) ?? 0) + delta);
    const above = new Set<string>();
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) above.add(nameOf(id));
    for (const name of above) whole.set(name, (whole.get(name) ?? 0) + delta);
  }
  const top = (shares: ReadonlyMap<string, number>): string =>
    [...shares]
      .toSorted(([, one], [, other]) => other - one)
      .slice(0, SHOWN)
      .map(([name, share]) => `  ${Math.round((share / busy) * 100)} % ${name}`)
      .join("\n");
  console.log(
    `\n${title}: ${Math.round(busy / 1000)} ms busy\nalone\n${top(alone)}\nwith what it calls\n${top(whole)}`,
  );
}
