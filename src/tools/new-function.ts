// `npm run new:function <name>`: writes a function's folder and its test, and binds it to the processor.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FUNCTION_NAME_RULE, functionNameSchema } from "../reactions/contract.ts";
import { fail, readOptions } from "./command-line.ts";
import { FUNCTIONS_FOLDER } from "./workers.ts";
import { PROJECT } from "./wrangler.ts";

const USAGE = "Usage: npm run new:function -- <name>";
const PROCESSOR = join(PROJECT, "src/processor/wrangler.toml");

const { positionals } = readOptions({ allowPositionals: true }, USAGE);
const name = nameOf(positionals);
const identifier = name.replace(/-./g, ([, letter = ""]) => letter.toUpperCase());
const className = `${identifier.charAt(0).toUpperCase()}${identifier.slice(1)}`;
const bindingName = `FUNCTION_${name.toUpperCase().replaceAll("-", "_")}`;
const binding = `{ binding = "${bindingName}", service = "tributary-${name}" },`;

const folder = join(FUNCTIONS_FOLDER, name);
const test = `test/functions/${name}.test.ts`;
if (existsSync(join(PROJECT, folder))) fail(`${folder} is there already`);
bind();
mkdirSync(join(PROJECT, folder));
write(join(folder, "wrangler.toml"), configText());
write(join(folder, "worker.ts"), workerText());
write(join(folder, `${name}.ts`), definitionText());
write(test, testText());
console.log(`Bound in src/processor/wrangler.toml: ${binding}
Say in ${folder}/${name}.ts what it reacts to, what it sends, and what it answers. Then

  npx vitest run ${test}
  npm run map
  npm run deploy -- ${name} processor    # the processor for its new binding; later the function alone`);

function nameOf([given, ...others]: readonly string[]): string {
  const parsed = functionNameSchema.safeParse(given);
  if (others.length === 0 && parsed.success) return parsed.data;
  fail(`A name is ${FUNCTION_NAME_RULE}\n${USAGE}`);
}

/** Below the last function that is bound. */
function bind(): void {
  const lines = readFileSync(PROCESSOR, "utf8").split("\n");
  const last = lines.findLastIndex((line) => /^\s*\{ binding = "(FUNCTION_|COMMANDS")/.test(line));
  if (last === -1) fail(`No place was found for it in src/processor/wrangler.toml:\n  ${binding}`);
  writeFileSync(PROCESSOR, lines.toSpliced(last + 1, 0, `  ${binding}`).join("\n"));
}

function write(path: string, text: string): void {
  writeFileSync(join(PROJECT, path), text);
  console.log(`Wrote ${path}`);
}

function configText(): string {
  return `# The function ${name}. Only the processor reaches it.
name = "tributary-${name}"
main = "worker.ts"
compatibility_date = "2026-10-20"
# Functions made for a request have names without a call that sets them.
keep_names = false
workers_dev = false
preview_urls = false

[observability]
enabled = true

# What happens is in lines of the code's own; one for each invocation would be paid for beside them.
[observability.logs]
enabled = true
invocation_logs = false
`;
}

function workerText(): string {
  return `// The Worker of the function ${name}.

import { workerOf } from "../../reactions/worker-of.ts";
import { ${identifier} } from "./${name}.ts";

export default workerOf(${identifier});
`;
}

function definitionText(): string {
  return `// Say in one sentence what happens, and when.

import { defineFunction } from "../../reactions/contract.ts";

export const ${identifier} = defineFunction({
  name: "${name}",
  reactsTo: ["ACCOUNT_CLOSED"],
  sends: [],
  async react(_env: object, _happened) {
    return { commands: [] };
  },
});
`;
}

function testText(): string {
  return `// Say in one sentence what the function promises.

import { createExecutionContext, env } from "cloudflare:test";
import { afterEach, expect, it, vi } from "vitest";
import ${className} from "../../src/functions/${name}/worker.ts";
import { CREATE } from "../workerd/commands.ts";
import { Circle, freshNumber, typesOf } from "../workerd/reacting.ts";
import { useEmptyViews } from "../workerd/views.ts";

useEmptyViews();
afterEach(() => vi.restoreAllMocks());

it("leaves a closed account as it is", async () => {
  const circle = new Circle({ ${bindingName}: new ${className}(createExecutionContext(), env) });
  const number = freshNumber();
  await circle.command(number, CREATE);
  await circle.command(number, { type: "close" });
  await circle.run();

  expect(await typesOf(number)).toEqual(["ACCOUNT_CREATED", "ACCOUNT_CLOSED"]);
});
`;
}
