// `npm run verify`: compares every view with the logs, on a running system. Status 0 where they agree, or all that
// differed was mended; 1 otherwise.

import { checkUrl, readOptions, urlOption } from "./command-line.ts";
import { tellDifferences, watchWalk } from "./walk-client.ts";

const USAGE = "Usage: npm run verify -- [--repair] [--url http://localhost:8787]";

const { values } = readOptions(
  { options: { url: urlOption, repair: { type: "boolean", default: false } } },
  USAGE,
);
const url = checkUrl(values.url, USAGE);
const walk = await watchWalk(url, "/v1/operations/verifications", { repair: values.repair });
await tellDifferences(url, walk);
const { found, mended } = walk;
console.log(
  found === 0
    ? `Views and logs agree: ${walk.total} accounts, ${walk.events} events`
    : `${found} differences in ${walk.total} accounts, ${mended} of them mended`,
);
// Not at once: what a pipe has not taken yet would be lost.
process.exitCode = mended === found ? 0 : 1;
