// How the demo speaks HTTP: it prints each request and checks each reply before anything is said about it.

import * as z from "zod";
import { fail, messageOf, tokenHeaders } from "./command-line.ts";

const REPLY_LIMIT_MS = 10_000;

export interface Request<Body extends z.ZodType> {
  /** One, or any of several. */
  readonly status: number | readonly number[];
  readonly body: Body;
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Without a line of its own: one of many alike. */
  readonly quiet?: boolean;
}

export interface Reply<Body> {
  readonly body: Body;
  readonly headers: Headers;
}

export class DemoClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Ends the demo where the reply is not the expected one. */
  async request<Body extends z.ZodType>(
    method: "GET" | "POST",
    path: string,
    expected: Request<Body>,
  ): Promise<Reply<z.output<Body>>> {
    const { members, headers, quiet = false } = expected;
    const request = [`${method} ${path}`];
    if (members !== undefined) request.push(JSON.stringify(members));
    for (const [name, value] of Object.entries(headers ?? {})) request.push(`(${name}: ${value})`);
    if (!quiet) console.log(`   ${request.join(" ")}`);

    const reply = await this.#fetch(method, path, members, headers);
    const text = await reply.text();
    const statuses = [expected.status].flat();
    if (!statuses.includes(reply.status)) {
      fail(`\n${method} ${path} was to answer ${statuses.join(" or ")}, not ${reply.status}: ${text}`);
    }
    const parsed = expected.body.safeParse(jsonOf(text));
    if (!parsed.success) {
      fail(`\n${method} ${path} answered in another shape: ${text}\n${z.prettifyError(parsed.error)}`);
    }
    return { body: parsed.data, headers: reply.headers };
  }

  async #fetch(
    method: string,
    path: string,
    members: Readonly<Record<string, unknown>> | undefined,
    headers: Readonly<Record<string, string>> | undefined,
  ): Promise<Response> {
    try {
      return await fetch(`${this.#url}${path}`, {
        method,
        headers: {
          ...tokenHeaders(),
          ...(members === undefined ? {} : { "Content-Type": "application/json" }),
          ...headers,
        },
        body: members === undefined ? null : JSON.stringify(members),
        signal: AbortSignal.timeout(REPLY_LIMIT_MS),
      });
    } catch (error) {
      fail(
        `Nothing answers at ${this.#url} (${messageOf(error)}). Run \`npm start\` in another terminal first, ` +
          "or say where it runs: npm run demo -- --url http://localhost:8787",
      );
    }
  }
}

/** What is no JSON is shown by the check that follows. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function check(holds: boolean, otherwise: string): void {
  if (!holds) fail(`\nNot as it should be: ${otherwise}`);
}
