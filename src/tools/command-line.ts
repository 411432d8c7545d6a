// What the npm commands share: reading their options, and ending with a message instead of a stack trace.

import { type ParseArgsConfig, parseArgs } from "node:util";

/** Options as `parseArgs` reads them; what it does not know ends the command. */
export function readOptions<const Config extends ParseArgsConfig>(config: Config, usage: string) {
  try {
    return parseArgs(config);
  } catch (error) {
    fail(`${messageOf(error)}\n${usage}`);
  }
}

/** Where the system runs that a command speaks to. */
export const urlOption = { type: "string", default: "http://localhost:8787" } as const;

export function checkUrl(url: string, usage: string): string {
  if (!URL.canParse(url)) fail(`--url is an address, not "${url}"\n${usage}`);
  return url.replace(/\/+$/, "");
}

/** For a system that asks who comes: a token of its issuer's, from the environment and so in no shell's history. */
export function tokenHeaders(): Record<string, string> {
  const token = process.env.TRIBUTARY_TOKEN;
  return token ? { Authorization: `Bearer ${token}` } : {};
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
