// PostgreSQL as Debian installs it, in a temporary folder, with its default durability. It runs as nobody's superuser.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** Where Debian puts a version's programs: they are not on the PATH. */
const DEBIAN_FOLDER = "/usr/lib/postgresql";
const USER = "bench";
/** The user that Debian's package makes; as root the server refuses to run. */
const SYSTEM_USER = "postgres";
const START_LIMIT_MS = 30_000;
const POLL_MS = 100;

export interface Postgres {
  readonly version: string;
  /** Makes an empty database, and answers how to connect to it. */
  database(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** Null where it is not installed. */
export async function startPostgres(): Promise<Postgres | null> {
  const programs = await findPrograms();
  if (programs === null) return null;
  const owner = await systemUser();
  const folder = await mkdtemp(join(tmpdir(), "postgres-"));
  const data = join(folder, "data");
  if (owner !== null) await chown(folder, owner.uid, owner.gid);
  const run = (program: string, ...args: readonly string[]) =>
    promisify(execFile)(join(programs, program), args, { ...owner, cwd: folder });

  await run("initdb", "--pgdata", data, "--username", USER, "--auth", "trust", "--encoding", "UTF8");
  const port = await freePort();
  const server = spawn(
    join(programs, "postgres"),
    ["-D", data, "-h", "127.0.0.1", "-p", String(port), "-k", folder],
    { ...owner, cwd: folder, stdio: "ignore" },
  );
  const exited = once(server, "exit");
  // Whatever ends the bench ends its server.
  process.once("exit", () => server.kill("SIGINT"));
  const stop = async (): Promise<void> => {
    // A fast shutdown: it does not wait for clients.
    if (server.exitCode === null) server.kill("SIGINT");
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  const address = ["--host", "127.0.0.1", "--port", String(port), "--username", USER];
  const givenUpAt = performance.now() + START_LIMIT_MS;
  while (
    !(await run("pg_isready", ...address).then(
      () => true,
      () => false,
    ))
  ) {
    if (server.exitCode !== null || performance.now() > givenUpAt) {
      await stop();
      throw new Error("PostgreSQL did not start");
    }
    await sleep(POLL_MS);
  }
  return {
    version: (await run("postgres", "--version")).stdout.trim(),
    async database(name) {
      await run("createdb", ...address, name);
      return `postgresql://${USER}@127.0.0.1:${port}/${name}`;
    },
    stop,
  };
}

async function findPrograms(): Promise<string | null> {
  const versions = await readdir(DEBIAN_FOLDER).catch(() => []);
  const newestFirst = versions.toSorted((one, other) => Number(other) - Number(one));
  const folders = [
    ...newestFirst.map((version) => join(DEBIAN_FOLDER, version, "bin")),
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, "initdb"))) ?? null;
}

/** Whom to run it as: nobody else, unless the bench runs as root. */
async function systemUser(): Promise<{ readonly uid: number; readonly gid: number } | null> {
  if (process.getuid?.() !== 0) return null;
  const id = async (flag: string): Promise<number> =>
    Number((await promisify(execFile)("id", [flag, SYSTEM_USER])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("No port");
  return address.port;
}
