// The system and the floor, each started in a rig of its own, with its tables made.

import { bundleAll, SYSTEM, type WorkerSource } from "./bundles.ts";
import { Rig } from "./rig.ts";

/** By the names in their wrangler.toml. */
export const WORKER_NAMES = {
  edge: "tributary-edge",
  command: "tributary-command",
  processor: "tributary-processor",
  query: "tributary-query",
} as const;

export const FLOOR_NAMES = { command: "floor-command", view: "floor-view", door: "floor-door" } as const;

const FLOOR: readonly WorkerSource[] = [
  { name: "floor-command", config: "bench/floor/command.toml" },
  { name: "floor-view", config: "bench/floor/view.toml" },
  { name: "floor-door", config: "bench/floor/door.toml" },
];

export async function startSystem(vars?: Readonly<Record<string, string>>, inspected = false): Promise<Rig> {
  const rig = await Rig.start(await bundleAll(SYSTEM), vars, inspected);
  await migrateSystem(rig);
  return rig;
}

export async function startFloor(): Promise<Rig> {
  const rig = await Rig.start(await bundleAll(FLOOR));
  await rig.migrate(FLOOR_NAMES.view, "FLOOR_VIEWS", "bench/floor/migrations");
  return rig;
}

export async function migrateSystem(rig: Rig): Promise<void> {
  await rig.migrate(WORKER_NAMES.processor, "VIEWS", "src/views/migrations");
  await rig.migrate(WORKER_NAMES.processor, "OPERATIONS", "src/processor/migrations");
}
