// Sending requests to the command Worker, inside workerd, with the real account objects behind it.

import { env } from "cloudflare:test";
import worker from "../../src/command/worker.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body is the test's own claim
  readonly body: any;
}

export async function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  return sendRaw(path, {
    method,
    ...json,
    headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
  });
}

export async function sendRaw(path: string, init: RequestInit): Promise<Reply> {
  const response = await worker.fetch(new Request(`http://localhost${path}`, init), env);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? null : JSON.parse(text),
  };
}

export const post = (path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply> =>
  send("POST", path, body, headers);

let opened = 0;

/** Opens an account under a number that no other test has. */
export async function openAccount(): Promise<string> {
  const accountNumber = `T-${++opened}-${crypto.randomUUID().slice(0, 8)}`;
  await post("/v1/accounts", { userId: 1, accountNumber });
  return accountNumber;
}

export const logOf = async (accountNumber: string) =>
  (await env.ACCOUNT_LOGS.getByName(accountNumber).events(0, 500)).events;
