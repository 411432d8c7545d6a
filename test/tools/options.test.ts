import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { runTool } from "./run-tool.ts";

test.concurrent.for([
  ["start", ["--port", "0"], '--port is a number from 1 to 65535, not "0"'],
  ["start", ["--port", "65536"], 'not "65536"'],
  ["start", ["--port", "80a"], 'not "80a"'],
  ["start", ["--persist-to", ""], "--persist-to is the name of a folder"],
  ["start", ["--prot", "8787"], "Unknown option '--prot'"],
  ["start", ["8787"], "Unexpected argument '8787'"],
  ["demo", ["--url", "nowhere"], '--url is an address, not "nowhere"'],
  ["demo", ["--uri", "http://localhost"], "Unknown option '--uri'"],
  ["rebuild", ["--url", "nowhere"], '--url is an address, not "nowhere"'],
  ["verify", ["--mend"], "Unknown option '--mend'"],
  ["deploy", ["comand"], 'No Worker is called "comand"'],
  ["map", ["--event", "ACCOUNT_LOST"], "There is no such event or function"],
  ["deploy", ["command", "--dry"], "Unknown option '--dry'"],
] as const)("%s %j is refused, with the usage", async ([name, args, message]) => {
  const { status, stdout, stderr } = await runTool(name, ...args);
  expect(stderr).toContain(message);
  expect(stderr).toContain(`Usage: npm ${name === "start" ? name : `run ${name}`}`);
  expect(stdout).toBe("");
  expect(status).toBe(1);
});

test("start says that the port is in use before it touches any state", async () => {
  const taken = createServer().listen(0, "localhost");
  await once(taken, "listening");
  const address = taken.address();
  const port = typeof address === "object" ? String(address?.port) : "";
  const { status, stdout, stderr } = await runTool("start", "--port", port);
  taken.close();
  expect(stderr).toContain(`Port ${port} can't be used`);
  expect(stdout).toBe("");
  expect(status).toBe(1);
});

test("demo says what to do when nothing answers", async () => {
  const { status, stderr } = await runTool("demo", "--url", "http://localhost:1");
  expect(stderr).toContain("Nothing answers at http://localhost:1");
  expect(stderr).toContain("npm start");
  expect(status).toBe(1);
});
