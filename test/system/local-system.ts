// `npm start` as its user has it: a process of its own on a free port, with a state folder that outlives it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, vi } from "vitest";

const START_TIMEOUT_MS = 60_000;

export interface LocalSystem {
  /** Starts it on the state that earlier starts left, and answers its address, the same each time. */
  start(): Promise<string>;
  /** SIGKILL to all of it: nothing gets to say goodbye. */
  kill(): Promise<void>;
  /** The state folder. */
  state(): string;
}

/** `options`: further ones of `npm start`. */
export function useLocalSystem(...options: readonly string[]): LocalSystem {
  let state: string;
  let port: number;
  let running: ChildProcess | undefined;

  async function kill(): Promise<void> {
    if (running?.pid === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const exited = once(running, "exit");
    process.kill(-running.pid, "SIGKILL");
    await exited;
  }
  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), "tributary-"));
    port = await freePort();
  });
  afterAll(async () => {
    await kill();
    await rm(state, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    kill,
    state: () => state,
    async start() {
      running = spawn(
        process.execPath,
        ["src/tools/start.ts", "--port", String(port), "--persist-to", state, ...options],
        {
          // A process group of its own, so that a signal reaches the runtime below it too.
          detached: true,
          stdio: ["ignore", "pipe", "pipe"],
        },
      );
      let output = "";
      for (const stream of [running.stdout, running.stderr]) {
        stream?.on("data", (chunk: Buffer) => {
          output += chunk.toString();
        });
      }
      const ready = () => {
        if (!output.includes("Tributary runs at")) throw new Error(`It does not run: ${output}`);
      };
      await vi.waitFor(ready, { timeout: START_TIMEOUT_MS, interval: 100 });
      return `http://localhost:${port}`;
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "localhost");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("No port");
  return address.port;
}
