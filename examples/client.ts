// Opens an account, brings it to life, reads what it wrote: node examples/client.ts http://localhost:8787

import { TributaryClient } from "../src/client/client.ts";

const client = new TributaryClient({ url: process.argv[2] ?? "http://localhost:8787" });

const opened = await client.create({ userId: 1 });
if (!opened.ok) throw new Error(opened.problem.detail);
const { accountNumber } = opened.value.account;

await client.command(accountNumber, "confirm");
await client.command(accountNumber, "activate");
const refused = await client.command(accountNumber, "confirm");
if (!refused.ok && refused.problem.code === "illegal-transition") {
  console.log(`Legal instead: ${refused.problem.legalCommands.join(", ")}`);
}

// Never older than what this client wrote, although reads come from a view.
const account = await client.account(accountNumber);
if (account.ok) console.log(`Version ${account.value.version}: ${account.value.status}`);
for await (const event of client.events(accountNumber)) console.log(event.id.split(":")[1], event.type);
