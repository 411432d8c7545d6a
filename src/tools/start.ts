// `npm start`: all Workers in one local runtime, with their queue, database and objects, offline.

import { once } from "node:events";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { fail, messageOf, readOptions } from "./command-line.ts";
import { DATABASES, FUNCTIONS, WORKERS } from "./workers.ts";
import { PROJECT, runWrangler } from "./wrangler.ts";

const USAGE = "Usage: npm start -- [--port N] [--persist-to DIR] [--without-functions]";
const MAX_PORT = 65_535;
const POLL_MS = 200;
const HEALTH_LIMIT_MS = 5_000;
/** How long the Workers may take to answer before a line says that they do not. */
const PATIENCE_MS = 60_000;

/** Something that each Worker answers which asks who comes. */
const ANSWERING = { command: "/v1/commands", query: "/v1", processor: "/v1/operations" };

const { values } = readOptions(
  {
    options: {
      port: { type: "string", default: "8787" },
      "persist-to": { type: "string", default: ".wrangler/state" },
      /** Then an account waits for commands, and nothing happens by itself. */
      "without-functions": { type: "boolean", default: false },
    },
  },
  USAGE,
);
const port = portOf(values.port);
const state = stateFolderOf(values["persist-to"]);
const url = `http://localhost:${port}`;
await checkPort();

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stop.abort());
if (process.env.npm_lifecycle_event !== undefined) stopWithParent();

console.log(`Starting; the state is in ${values["persist-to"]}`);
const status = (await migrate()) || (await run());
if (stop.signal.aborted) console.log("Stopped");
// Having been asked to stop is no failure.
process.exit(stop.signal.aborted ? 0 : status);

async function migrate(): Promise<number> {
  for (const { binding, config } of DATABASES) {
    const status = await wrangler("d1", "migrations", "apply", binding, "--local", "--config", config);
    if (status !== 0) return status;
  }
  return 0;
}

function run(): Promise<number> {
  void announce();
  // The first config is the one that gets the port: the edge, which is the last to be deployed.
  const workers = WORKERS.filter((worker) => !values["without-functions"] || !FUNCTIONS.includes(worker));
  const configs = workers.toReversed().flatMap(({ config }) => ["--config", config]);
  // With inspector port 0 two starts do not meet at 9229.
  const ports = ["--port", String(port), "--inspector-port", "0"];
  return wrangler("dev", "--local", ...configs, ...ports, "--show-interactive-dev-session=false");
}

function wrangler(...args: readonly string[]): Promise<number> {
  return runWrangler([...args, "--persist-to", state], {
    stdin: "ignore",
    stop: stop.signal,
    env: {
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      // Warnings and errors, the Workers' own among them.
      WRANGLER_LOG: "warn",
      WRANGLER_WRITE_LOGS: "false",
      // wrangler finds Workers of one name across processes: without this, two starts would reach into each other.
      WRANGLER_REGISTRY_PATH: join(state, "registry"),
      // Traces of every request, kept in the state folder for a page that nobody opens here.
      X_LOCAL_OBSERVABILITY: "false",
      X_LOCAL_EXPLORER: "false",
      // Reaches each Worker that has no .dev.vars, and counts where no issuer is configured.
      OPEN_ON_LOOPBACK: "true",
    },
  });
}

/**
 * A signal that npm passes on may end the shell that npm runs this in, and nothing more. (What can't be noticed is npm
 * alone being killed by SIGKILL, because such a shell stays.)
 */
function stopWithParent(): void {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || stop.abort(), POLL_MS).unref();
}

function portOf(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= MAX_PORT) return value;
  fail(`--port is a number from 1 to ${MAX_PORT}, not "${text}"\n${USAGE}`);
}

function stateFolderOf(text: string): string {
  if (text === "") fail(`--persist-to is the name of a folder\n${USAGE}`);
  return resolve(PROJECT, text);
}

/** Before anything else is touched: wrangler would say it late and at length. */
async function checkPort(): Promise<void> {
  try {
    const server = createServer().listen(port, "localhost");
    await once(server, "listening");
    server.close();
    await once(server, "close");
  } catch (error) {
    fail(`Port ${port} can't be used: ${messageOf(error)}\nTake another one: npm start -- --port N`);
  }
}

async function announce(): Promise<void> {
  const patienceEnds = setTimeout(
    () => console.error(`${url}/health does not answer well yet; what is wrong may stand above`),
    PATIENCE_MS,
  );
  while (!(await isHealthy())) await new Promise((wake) => setTimeout(wake, POLL_MS));
  clearTimeout(patienceEnds);
  console.log(`
Tributary runs at ${url} (Ctrl-C ends it). ${await whoMayComeIn()} Open an account, which becomes active by itself, suspend
it, read what you wrote:

  curl -X POST ${url}/v1/accounts -H 'Content-Type: application/json' -d '{"userId": 1, "accountNumber": "123456"}'
  curl -X POST ${url}/v1/accounts/123456/commands/suspend
  curl '${url}/v1/accounts/123456?minVersion=4'
`);
}

/** Asked of the Workers themselves, because a Worker with a .dev.vars goes by that alone. */
async function whoMayComeIn(): Promise<string> {
  const replies = await Promise.all(Object.values(ANSWERING).map((path) => fetch(`${url}${path}`)));
  const closed = Object.keys(ANSWERING).filter((_, index) =>
    [401, 503].includes(replies[index]?.status ?? 0),
  );
  return closed.length === 0
    ? "Nobody has to sign in, because it is\nreached from this machine alone: whoever is on it may do anything."
    : `A token is asked for, as .dev.vars\nsays, by: ${closed.join(", ")}.`;
}

async function isHealthy(): Promise<boolean> {
  try {
    const reply = await fetch(`${url}/health`, { signal: AbortSignal.timeout(HEALTH_LIMIT_MS) });
    return reply.status < 500;
  } catch {
    return false;
  }
}
