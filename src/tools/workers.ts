// The Workers, in the order in which their bindings need them deployed: each binds only what stands before it.

export interface Worker {
  readonly name: string;
  /** Relative to the project's folder. */
  readonly config: string;
  readonly bindsViews: boolean;
}

export const WORKERS: readonly Worker[] = [
  { name: "command", config: "src/command/wrangler.toml", bindsViews: false },
  { name: "processor", config: "src/processor/wrangler.toml", bindsViews: true },
  { name: "query", config: "src/query/wrangler.toml", bindsViews: true },
  { name: "edge", config: "wrangler.toml", bindsViews: false },
];

/** The D1 database of the views: its name, its binding, and the config that leads to its migrations. */
export const VIEWS = {
  database: "tributary-views",
  binding: "VIEWS",
  config: "src/processor/wrangler.toml",
} as const;
