// Loaded into wrangler before its own code: ends it when its parent is gone, even by SIGKILL. Otherwise wrangler and
// the runtime below it would live on, and hold the port and the state.

import { Socket } from "node:net";

/** The descriptor of a pipe that the parent holds open and never writes to, so its only news is the parent's end. */
const LIFELINE = 3;

new Socket({ fd: LIFELINE })
  .once("close", () => process.kill(process.pid, "SIGTERM"))
  .resume()
  // No reason to go on running when the work is done.
  .unref();
