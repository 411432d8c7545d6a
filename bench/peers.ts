// The peers: what a user would pick instead. Each runs in a process of its own; one that does not run is said to be absent.

import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Postgres, startPostgres } from "./postgres.ts";

const FOLDER = new URL("./peers/", import.meta.url);
const START_LIMIT_MS = 60_000;

export const EMMETT_POSTGRES = "Emmett on PostgreSQL";
const EMMETT_SQLITE = "Emmett on SQLite";
const PLAIN_POSTGRES = "UPDATE in PostgreSQL";

/** Said of the peer that the registry does not have yet. */
const EMMETT_OBJECT = {
  name: "Emmett on Durable Objects",
  reason:
    "its store is in 0.43.0-beta.48, which the registry here did not give when these versions were chosen; 0.42.4 has no store for D1 or objects",
};

export interface PeerProcess {
  readonly name: string;
  readonly url: string;
}

export interface Absence {
  readonly name: string;
  readonly reason: string;
}

export interface Peers {
  readonly running: readonly PeerProcess[];
  readonly absent: readonly Absence[];
  readonly postgresVersion: string | null;
  stop(): Promise<void>;
}

/** `install`: whether their packages may be installed where they are not, which takes minutes. */
export async function startPeers(install: boolean): Promise<Peers> {
  const running: PeerProcess[] = [];
  const absent: Absence[] = [EMMETT_OBJECT];
  const processes: ChildProcess[] = [];
  const folder = await mkdtemp(join(tmpdir(), "peers-"));
  let postgres: Postgres | null = null;
  const start = async (name: string, file: string, database: () => Promise<string>): Promise<void> => {
    try {
      const peer = fork(new URL(file, FOLDER), {
        stdio: ["ignore", "ignore", "inherit", "ipc"],
        execArgv: ["--no-warnings"],
        env: { ...process.env, NODE_ENV: "production", PEER_DATABASE: await database() },
      });
      processes.push(peer);
      const [url] = await Promise.race([
        once(peer, "message", { signal: AbortSignal.timeout(START_LIMIT_MS) }),
        once(peer, "exit").then(() => Promise.reject(new Error("it ended at its start"))),
      ]);
      running.push({ name, url: String(url) });
    } catch (error) {
      absent.push({ name, reason: String(error) });
    }
  };

  try {
    if (!existsSync(new URL("node_modules", FOLDER))) {
      if (!install) throw new Error("their packages are not installed: npm ci in bench/peers");
      console.log("Installing the peers");
      await promisify(execFile)("npm", ["ci"], { cwd: FOLDER });
    }
    await start(EMMETT_SQLITE, "emmett-sqlite.ts", async () => join(folder, "emmett.sqlite"));
    postgres = await startPostgres();
    if (postgres === null) throw new Error("PostgreSQL is not installed");
    const { database } = postgres;
    await start(EMMETT_POSTGRES, "emmett-postgres.ts", () => database("emmett"));
    await start(PLAIN_POSTGRES, "plain-postgres.ts", () => database("plain"));
  } catch (error) {
    for (const name of [EMMETT_SQLITE, EMMETT_POSTGRES, PLAIN_POSTGRES]) {
      const isThere = [...running, ...absent].some((peer) => peer.name === name);
      if (!isThere) absent.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return {
    running,
    absent,
    postgresVersion: postgres?.version ?? null,
    async stop() {
      for (const peer of processes) {
        if (peer.exitCode !== null || peer.signalCode !== null) continue;
        peer.kill();
        await once(peer, "exit");
      }
      await postgres?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
