// Which seeds are run: `npm run simulate` says so (src/tools/simulate.ts). Vite hands these through to workerd.

interface ImportMetaEnv {
  readonly VITE_SIMULATION_FROM?: string;
  readonly VITE_SIMULATION_SEEDS?: string;
}

interface ImportMeta {
  readonly env: ImportMetaEnv;
}
