// The parts of the service that the front door leads to, each a Worker behind a service binding.

import type { SignInEnv } from "./sign-in.ts";

/** A service binding is one. */
export interface Part {
  fetch(request: Request): Promise<Response>;
}

export interface EdgeEnv extends SignInEnv {
  readonly COMMAND: Part;
  readonly QUERY: Part;
  readonly PROCESSOR: Part;
  /** The files that browsers load for the pages. */
  readonly ASSETS: Part;
  /** The origins whose pages may call the API, with commas between them; none without it. */
  readonly CORS_ORIGINS?: string;
}
