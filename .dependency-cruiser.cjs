// The import law: one way, no circles, types included. Each rule names who may not import whom.
const SHARED = "^src/(event-sourcing|account|views|http|reactions)/";

module.exports = {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "kernel-knows-nobody",
      severity: "error",
      from: { path: "^src/event-sourcing/" },
      to: { path: "^src/", pathNot: "^src/event-sourcing/" },
    },
    {
      name: "domain-knows-the-kernel-alone",
      severity: "error",
      from: { path: "^src/account/" },
      to: { path: "^src/", pathNot: "^src/(account|event-sourcing)/" },
    },
    {
      name: "views-know-the-domain-alone",
      severity: "error",
      from: { path: "^src/views/" },
      to: { path: "^src/", pathNot: "^src/(views|account|event-sourcing)/" },
    },
    {
      name: "http-knows-the-domain-alone",
      severity: "error",
      from: { path: "^src/http/" },
      to: { path: "^src/", pathNot: "^src/(http|account|event-sourcing)/" },
    },
    {
      name: "reactions-know-domain-and-views-alone",
      severity: "error",
      from: { path: "^src/reactions/" },
      to: { path: "^src/", pathNot: "^src/(reactions|views|account|event-sourcing)/" },
    },
    {
      name: "a-function-knows-no-deployable",
      severity: "error",
      from: { path: "^src/functions/([^/]+)/" },
      to: {
        path: "^src/",
        pathNot: [
          "^src/functions/$1/",
          "^src/(reactions|views|account|event-sourcing)/",
          "^src/http/log-line.ts$",
        ],
      },
    },
    {
      name: "no-deployable-imports-another",
      severity: "error",
      from: { path: "^src/(command|processor|query|edge|tools)/" },
      to: { path: "^src/", pathNot: ["^src/$1/", SHARED] },
    },
    {
      name: "edge-knows-http-alone",
      severity: "error",
      from: { path: "^src/edge/" },
      to: { path: "^src/(account|views|event-sourcing)/" },
    },
    {
      // Types alone: whoever takes the client takes nothing else with it.
      name: "client-knows-types-alone",
      severity: "error",
      from: { path: "^src/client/" },
      to: {
        path: "^src/|node_modules",
        pathNot: "^src/client/",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "client-knows-domain-and-http-alone",
      severity: "error",
      from: { path: "^src/client/" },
      to: { path: "^src/", pathNot: "^src/(client|account|http)/" },
    },
    {
      name: "console-knows-the-client-alone",
      severity: "error",
      from: { path: "^src/console/" },
      to: { path: "^src/", pathNot: "^src/(console|client)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "console-knows-types-of-domain-and-http-alone",
      severity: "error",
      from: { path: "^src/console/" },
      to: { path: "^src/", pathNot: "^src/(console|client|account|http)/" },
    },
    {
      name: "nobody-imports-the-console",
      severity: "error",
      from: { path: "^(src|bench)/", pathNot: "^src/console/" },
      to: { path: "^src/console/" },
    },
    {
      name: "domain-and-kernel-name-no-platform",
      severity: "error",
      from: { path: "^src/(account|event-sourcing)/" },
      to: { path: "^(cloudflare:|node:|hono|wrangler)|node_modules/(hono|wrangler|@cloudflare)" },
    },
    {
      name: "nobody-imports-the-bench",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^bench/" },
    },
    {
      name: "bench-deals-with-workers-from-outside",
      severity: "error",
      from: { path: "^bench/", pathNot: "^bench/(meter|peers)/" },
      to: { path: "^src/", pathNot: "^src/tools/" },
    },
    {
      name: "peers-share-the-domain-alone",
      severity: "error",
      from: { path: "^bench/peers/" },
      to: { path: "^src/", pathNot: "^src/(account|event-sourcing)/" },
    },
    {
      name: "imports-resolve",
      severity: "error",
      // The peers' packages are installed by the bench, when it needs them.
      from: { pathNot: "^bench/peers/" },
      to: { couldNotResolve: true, pathNot: "^cloudflare:" },
    },
  ],
  options: {
    // swc, because dependency-cruiser does not speak to TypeScript 7 yet. It sees type-only imports too.
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "/\\.wrangler/|^src/edge/assets/console/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      extensions: [".ts", ".js", ".mjs", ".json"],
      conditionNames: ["import", "types", "default"],
    },
  },
};
