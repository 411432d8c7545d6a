// A function that is asked about every new account and answers too late to be heard.

import { workerOf } from "../../src/reactions/worker-of.ts";

const TOO_LATE_MS = 60_000;

export default workerOf({
  name: "one-default",
  reactsTo: ["ACCOUNT_CREATED", "ACCOUNT_CONFIRMED", "ACCOUNT_ACTIVATED"],
  sends: [],
  async react() {
    // What would never go on is cut off by the runtime itself.
    await scheduler.wait(TOO_LATE_MS);
    return { commands: [] };
  },
});
