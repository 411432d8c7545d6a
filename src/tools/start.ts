// `npm start`: all Workers in one local runtime, with their queue, database and objects, offline.

import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fail, messageOf, readOptions } from "./command-line.ts";
import { DATABASES, FUNCTIONS, WORKERS } from "./workers.ts";
import { PROJECT, runWrangler } from "./wrangler.ts";

const USAGE = "Usage: npm start -- [--port N] [--persist-to DIR] [--without-functions]";
const MAX_PORT = 65_535;
const POLL_MS = 200;
const ANSWER_LIMIT_MS = 5_000;
const WATCH_MS = 5_000;
const MAX_MISSED = 3;
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
const lock = lockState();

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stop.abort());
if (process.env.npm_lifecycle_event !== undefined) stopWithParent();

console.log(`Starting; the state is in ${values["persist-to"]}`);
const status = (await migrate()) || (await run());
if (stop.signal.aborted) console.log("Stopped");
lock.close();
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
      // wrangler finds Workers of one name across processes: without this, starts on other states would reach into each other.
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
    fail(
      `Port ${port} can't be used: ${messageOf(error)}\nTake another one, with a state of its own: npm start -- --port N --persist-to DIR`,
    );
  }
}

/**
 * Two runtimes on one state would each be the owner of its accounts. Held by this process until it ends, however it ends: what it
 * starts ends with it.
 */
function lockState(): DatabaseSync {
  try {
    mkdirSync(state, { recursive: true });
    const file = new DatabaseSync(join(state, "lock.sqlite"));
    file.exec("BEGIN EXCLUSIVE");
    return file;
  } catch (error) {
    const why = messageOf(error).includes("locked")
      ? "is in use by another start"
      : `can't be used: ${messageOf(error)}`;
    fail(
      `The state in ${values["persist-to"]} ${why}\nTake another one: npm start -- --port N --persist-to DIR`,
    );
  }
}

async function announce(): Promise<void> {
  const patienceEnds = setTimeout(
    () => console.error(`${url}/health does not answer well yet; what is wrong may stand above`),
    PATIENCE_MS,
  );
  while (!(await answers("/health"))) await new Promise((wake) => setTimeout(wake, POLL_MS));
  clearTimeout(patienceEnds);
  console.log(`
Tributary runs at ${url} (Ctrl-C ends it). ${await whoMayComeIn()} Open an account, which becomes active by itself, suspend
it, read what you wrote:

  curl -X POST ${url}/v1/accounts -H 'Content-Type: application/json' -d '{"userId": 1, "accountNumber": "123456"}'
  curl -X POST ${url}/v1/accounts/123456/commands/suspend
  curl '${url}/v1/accounts/123456?minVersion=4'
`);
  await watch();
}

/** A runtime that ended may leave behind what leads to it, which takes requests and answers none. */
async function watch(): Promise<void> {
  for (let missed = 0; !stop.signal.aborted; missed = (await answers("/")) ? 0 : missed + 1) {
    if (missed === MAX_MISSED)
      console.error(`${url} does not answer any more. End this with Ctrl-C, and start it again`);
    await new Promise((wake) => setTimeout(wake, WATCH_MS));
  }
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

async function answers(path: string): Promise<boolean> {
  try {
    const reply = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    await reply.body?.cancel();
    return reply.status < 500;
  } catch {
    return false;
  }
}
