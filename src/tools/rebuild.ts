// `npm run rebuild`: makes every view anew from the logs, on a running system, while queries go on being answered. Status
// 0 where all were; 1 where an account had to be parked.

import { checkUrl, readOptions, urlOption } from "./command-line.ts";
import { tellDifferences, watchWalk } from "./walk-client.ts";

const USAGE = "Usage: npm run rebuild -- [--url http://localhost:8787]";

const { values } = readOptions({ options: { url: urlOption } }, USAGE);
const url = checkUrl(values.url, USAGE);
const walk = await watchWalk(url, "/v1/operations/rebuilds", {});
console.log(
  `Rebuilt ${walk.total} accounts with ${walk.events} events, ${walk.eventsPerSecond} events a second`,
);
await tellDifferences(url, walk);
// Not at once: what a pipe has not taken yet would be lost.
process.exitCode = walk.found === 0 ? 0 : 1;
