// The machine and the versions that figures were taken with, and what the operating system counts of a process.

import { readFile } from "node:fs/promises";
import { availableParallelism, cpus, platform, release, totalmem } from "node:os";

export interface Machine {
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
}

export function describeMachine(): Machine {
  return {
    system: `${platform()} ${release()}`,
    processor: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}

/** Linux counts a process's time in these (`getconf CLK_TCK`), whatever the kernel's own tick. */
const TICKS_PER_SECOND = 100;
/** Places in /proc/PID/stat after the command's closing parenthesis: time in user mode and in the kernel. */
const USER_TIME_FIELD = 11;
const KERNEL_TIME_FIELD = 12;

/** Processor seconds used by the children of a process; null where there is no /proc. */
export async function cpuSecondsBelow(pid: number | undefined): Promise<number | null> {
  try {
    const children = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim().split(/\s+/);
    const ticks = await Promise.all(children.map(ticksOf));
    return ticks.reduce((sum, own) => sum + own, 0) / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}

async function ticksOf(pid: string): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[USER_TIME_FIELD]) + Number(fields[KERNEL_TIME_FIELD]);
}
