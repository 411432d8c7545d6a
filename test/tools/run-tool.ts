// Runs an npm command's file as its own process, as npm would.

import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function runTool(
  name: "start" | "demo" | "rebuild" | "verify" | "deploy" | "new-function" | "map",
  ...args: readonly string[]
): Promise<Outcome> {
  return runNode(`src/tools/${name}.ts`, ...args);
}

export async function runNode(file: string, ...args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, FORCE_COLOR: "0", WRANGLER_WRITE_LOGS: "false" },
  });
  const ended = new Promise<number | null>((settle, reject) => {
    child.once("error", reject);
    child.once("close", settle);
  });
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, stdout, stderr };
}
