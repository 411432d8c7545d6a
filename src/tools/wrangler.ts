// Runs the project's pinned wrangler as a child process that signals reach and that never outlives its parent.

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder: where wrangler runs, whatever folder the command was given in. */
export const PROJECT = resolve(import.meta.dirname, "../..");

// The file itself: wrangler's `bin` would put one more process between, and `npx` two.
const WRANGLER = fileURLToPath(import.meta.resolve("wrangler"));
const END_WITH_PARENT = import.meta.resolve("./end-with-parent.ts");

/** A process that a signal ended has, for a shell, this plus the signal's number as its status. */
const SIGNALLED = 128;

export interface WranglerOptions {
  /** Without a terminal, wrangler asks nothing and takes each question's default. */
  readonly stdin: "inherit" | "ignore";
  readonly env?: Readonly<Record<string, string>>;
  readonly stop?: AbortSignal;
}

/** The exit status. */
export function runWrangler(args: readonly string[], options: WranglerOptions): Promise<number> {
  const child = spawn(process.execPath, ["--no-warnings", "--import", END_WITH_PARENT, WRANGLER, ...args], {
    cwd: PROJECT,
    stdio: [options.stdin, "inherit", "inherit", "pipe"],
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: "false",
      // The banner asks the registry for a newer version.
      WRANGLER_HIDE_BANNER: "true",
      ...options.env,
    },
  });
  const stop = () => child.kill("SIGTERM");
  options.stop?.addEventListener("abort", stop);
  if (options.stop?.aborted) stop();
  return new Promise((settle, reject) => {
    child.once("error", reject);
    child.once("exit", (status, signal) => {
      options.stop?.removeEventListener("abort", stop);
      settle(status ?? SIGNALLED + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
