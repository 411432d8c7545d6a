// `npm run rebuild`: makes every view anew from the logs, on a running system, while queries go on being answered.

import { checkUrl, readOptions, urlOption } from "./command-line.ts";
import { watchWalk } from "./walk-client.ts";

const USAGE = "Usage: npm run rebuild -- [--url http://localhost:8787]";

const { values } = readOptions({ options: { url: urlOption } }, USAGE);
const walk = await watchWalk(checkUrl(values.url, USAGE), "/v1/operations/rebuilds", {});
console.log(
  `Rebuilt ${walk.total} accounts with ${walk.events} events, ${walk.eventsPerSecond} events a second`,
);
