// `npm run map`: draws from the code what leads to what, into docs/map.md and the README; with `--check`, says whether
// they are stale; with `--event` or `--function`, prints that part.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { descriptionSchema, type FunctionDescription } from "../reactions/contract.ts";
import { mapOf, type SystemMap } from "../reactions/map.ts";
import { fail, readOptions } from "./command-line.ts";
import { drawAll, drawEvents, drawFunctions } from "./draw-map.ts";
import { FUNCTIONS_FOLDER } from "./workers.ts";
import { PROJECT } from "./wrangler.ts";

const USAGE = "Usage: npm run map -- [--check] [--event ACCOUNT_CREATED] [--function onboarding]";
const README_PART = /(?<=<!-- npm run map draws this -->\n)[\s\S]*?(?=<!-- to here -->)/;

const { values } = readOptions(
  {
    options: {
      check: { type: "boolean", default: false },
      event: { type: "string" },
      function: { type: "string" },
    },
  },
  USAGE,
);
const functions = await describedFunctions();
if (values.event !== undefined || values.function !== undefined) {
  const map = mapOf(functions, values);
  if (map.events.length === 0) fail(`There is no such event or function\n${USAGE}`);
  console.log(drawAll(map));
} else {
  const map = mapOf(functions);
  const readme = readFileSync(join(PROJECT, "README.md"), "utf8");
  settle("docs/map.md", page(map));
  settle(
    "README.md",
    readme.replace(README_PART, () => `\n${drawFunctions(map).slice(0, 1).join("")}\n\n`),
  );
}

/** As each says of itself, in the order of their names. */
async function describedFunctions(): Promise<FunctionDescription[]> {
  const names = readdirSync(join(PROJECT, FUNCTIONS_FOLDER)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const path = join(PROJECT, FUNCTIONS_FOLDER, name, `${name}.ts`);
      const exported: object = await import(pathToFileURL(path).href);
      const found = Object.values(exported).flatMap((value) => descriptionSchema.safeParse(value).data ?? []);
      return (
        found.find((description) => description.name === name) ?? fail(`${path} defines no function ${name}`)
      );
    }),
  );
}

/** Writes the file, or says that it is stale. */
function settle(path: string, text: string): void {
  const file = join(PROJECT, path);
  if (!values.check) writeFileSync(file, text);
  else if (readFileSync(file, "utf8") !== text) fail(`${path} is stale. Run: npm run map`);
}

function page(map: SystemMap): string {
  return `# The map

\`npm run map\` draws this from the code, and \`npm test\` fails where it is stale. \`npm run map -- --event ACCOUNT_CREATED\` or
\`--function onboarding\` prints a part; \`GET /v1/map\` answers the same with counts and lags, narrowed by \`?event=\` and
\`?function=\`.

## Commands, events, views

${drawEvents(map)}

## Functions

What happens by itself: a function reacts to events with commands. \`user.deleted\` is another service's event.

${drawFunctions(map).join("\n\n")}

| function | reacts to | sends |
| --- | --- | --- |
${map.functions.map(({ name, reactsTo, sends }) => `| \`${name}\` | ${reactsTo.join(", ")} | ${sends.join(", ")} |`).join("\n")}
`;
}
