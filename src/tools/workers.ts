// The Workers, in the order in which their bindings need them deployed: each binds only what stands before it.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "./wrangler.ts";

export interface Worker {
  readonly name: string;
  /** Relative to the project's folder. */
  readonly config: string;
  readonly bindsDatabases: boolean;
}

export const FUNCTIONS_FOLDER = "src/functions";

/** Each folder is one. */
export const FUNCTIONS: readonly Worker[] = readdirSync(join(PROJECT, FUNCTIONS_FOLDER)).map((name) => ({
  name,
  config: `${FUNCTIONS_FOLDER}/${name}/wrangler.toml`,
  bindsDatabases: true,
}));

export const WORKERS: readonly Worker[] = [
  { name: "command", config: "src/command/wrangler.toml", bindsDatabases: true },
  ...FUNCTIONS,
  { name: "processor", config: "src/processor/wrangler.toml", bindsDatabases: true },
  { name: "query", config: "src/query/wrangler.toml", bindsDatabases: true },
  { name: "edge", config: "wrangler.toml", bindsDatabases: false },
];

export interface Database {
  readonly database: string;
  readonly binding: string;
  /** The config that leads to its migrations. */
  readonly config: string;
}

/** The views, and what the processor knows beside them. */
export const DATABASES: readonly Database[] = [
  { database: "tributary-views", binding: "VIEWS", config: "src/processor/wrangler.toml" },
  { database: "tributary-operations", binding: "OPERATIONS", config: "src/processor/wrangler.toml" },
];
