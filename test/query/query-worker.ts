// The words of the query Worker's tests: accounts with a real log, a view of them, and reading over HTTP.

import { env } from "cloudflare:test";
import type { Account } from "../../src/account/account.ts";
import type { AccountCommand } from "../../src/account/commands.ts";
import type { QueryEnv } from "../../src/query/env.ts";
import worker from "../../src/query/worker.ts";
import { writeAccounts } from "../../src/views/accounts-view.ts";
import { request as commandRequest } from "../workerd/commands.ts";

export const bindings: QueryEnv = env;

/** Logs outlive a test, so each test takes numbers that nobody had. */
export const freshNumber = (): string => crypto.randomUUID().replaceAll("-", "");

/** Lets the account's log decide the commands; the account after the last of them. */
export async function execute(accountNumber: string, ...commands: AccountCommand[]): Promise<Account> {
  const requests = commands.map((command) => commandRequest(command));
  const last = (await env.ACCOUNT_LOGS.getByName(accountNumber).execute(requests, false)).at(-1);
  if (last?.kind !== "accepted") throw new Error(`not accepted: ${JSON.stringify(last)}`);
  return last.account;
}

export async function project(...accounts: Account[]): Promise<void> {
  const rows = accounts.map((account) => ({ ...account, feedPosition: 0 }));
  await writeAccounts(env.VIEWS, rows, false).run();
}

export async function request(path: string, init: RequestInit = {}, env = bindings): Promise<Response> {
  return worker.fetch(new Request(`http://localhost${path}`, init), env);
}

/** As much of an account, an event or a page as the tests name. */
interface Answer {
  readonly items: readonly {
    readonly accountNumber: string;
    readonly version: number;
    readonly position: number;
  }[];
  readonly _links: Readonly<Record<string, { readonly href: string }>>;
}

export async function json(path: string): Promise<Answer> {
  return (await request(path)).json<Answer>();
}

export async function nextPage({ _links }: Answer): Promise<Answer> {
  if (_links.next === undefined) throw new Error("There is no next page");
  return json(_links.next.href);
}

/** Its status and code, and where in the request something is wrong. */
export async function problem(response: Response): Promise<object> {
  const body = await response.json<{ status: number; code: string; errors?: Record<string, string>[] }>();
  const wrong = body.errors?.map(({ parameter, header }) => parameter ?? header);
  return { status: response.status, code: body.code, ...(wrong === undefined ? {} : { wrong }) };
}

export const invalid = (...wrong: string[]): object => ({ status: 400, code: "invalid-request", wrong });
export const notFound = (what: string): object => ({ status: 404, code: `${what}-not-found` });
