// Start-up work: what a Worker's modules do before the first request, by wrangler's own profile of it in workerd.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as z from "zod";
import { PROJECT } from "../src/tools/wrangler.ts";
import type { WorkerSource } from "./bundles.ts";

const WRANGLER = fileURLToPath(import.meta.resolve("wrangler"));
/** What V8 calls the time in which no script ran. */
const NOT_WORK: readonly string[] = ["(idle)", "(program)", "(root)"];

const profileSchema = z.object({
  nodes: z.array(z.object({ id: z.int(), callFrame: z.object({ functionName: z.string() }) })),
  samples: z.array(z.int()),
  /** Microseconds. */
  timeDeltas: z.array(z.int()),
});

/** In milliseconds, as finely as the profile samples: a few. */
export async function startupMs({ config }: WorkerSource): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "startup-"));
  const file = join(folder, "worker.cpuprofile");
  try {
    await promisify(execFile)(
      process.execPath,
      [
        "--no-warnings",
        WRANGLER,
        "check",
        "startup",
        `--args=--config ${config}`,
        "--config",
        config,
        "--outfile",
        file,
      ],
      { cwd: PROJECT, env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_WRITE_LOGS: "false" } },
    );
    const { nodes, samples, timeDeltas } = profileSchema.parse(JSON.parse(await readFile(file, "utf8")));
    const names = new Map(nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
    const isWork = (sample: number): boolean => !NOT_WORK.includes(names.get(sample) ?? "");
    return (
      samples.reduce((sum, sample, index) => sum + (isWork(sample) ? (timeDeltas[index] ?? 0) : 0), 0) / 1000
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
