// Sending a request until it is answered: again after a pause where nobody answered or the service had no time.

import type { Problem, Result } from "./problem.ts";

export interface ClientOptions {
  /** Where the service is: "https://accounts.example". */
  readonly url: string;
  /** A bearer token, asked for anew with each attempt. */
  readonly token?: () => string | Promise<string>;
  /** Instead of the platform's own: a service binding's, say. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** 5 without it; 1 is no second attempt. */
  readonly maxAttempts?: number;
}

export interface Asked {
  readonly method: "GET" | "POST" | "DELETE";
  /** With its query string. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** Once aborted, nothing is sent any more, and what it comes to is `unreachable`. */
  readonly signal?: AbortSignal;
}

/** `retryAfterMs` is null where another attempt would come to the same. */
interface Attempt<Value> {
  readonly result: Result<Value>;
  readonly retryAfterMs: number | null;
}

const MAX_ATTEMPTS = 5;
const ATTEMPT_LIMIT_MS = 10_000;
/** The first pause; each further one is twice as long, up to the longest. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** No service may make a client wait for longer. */
const LONGEST_RETRY_AFTER_MS = 60_000;

export class Transport {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  get maxAttempts(): number {
    return this.#options.maxAttempts ?? MAX_ATTEMPTS;
  }

  /** Sent again where no answer came: a read changes nothing, and a command has its key. What has none goes `once`. */
  async send<Value>(asked: Asked, once = false): Promise<Result<Value>> {
    const maxAttempts = once ? 1 : this.maxAttempts;
    for (let attempt = 1; ; attempt++) {
      const { result, retryAfterMs } = await this.#attempt<Value>(asked);
      if (retryAfterMs === null || attempt >= maxAttempts || asked.signal?.aborted) return result;
      await pause(Math.max(retryAfterMs, pauseBefore(attempt)), asked.signal);
    }
  }

  /** One attempt at an answer without an end. What it comes to is read by the caller, for as long as the signal lets it. */
  async open(asked: Asked): Promise<Attempt<ReadableStream<Uint8Array>>> {
    try {
      const response = await this.#request(asked);
      if (response.ok && response.body !== null) {
        return { result: { ok: true, value: response.body }, retryAfterMs: null };
      }
      return failed(response, parse(await response.text()));
    } catch (error) {
      return unreachable(error);
    }
  }

  async #attempt<Value>(asked: Asked): Promise<Attempt<Value>> {
    const timeout = AbortSignal.timeout(ATTEMPT_LIMIT_MS);
    const signal = asked.signal === undefined ? timeout : AbortSignal.any([asked.signal, timeout]);
    try {
      const response = await this.#request({ ...asked, signal });
      const text = await response.text();
      // An answer without a body is a value, too.
      const answer = response.status === 204 ? null : parse(text);
      if (response.ok && isAnswer<Value>(answer)) {
        return { result: { ok: true, value: answer }, retryAfterMs: null };
      }
      return failed(response, answer);
    } catch (error) {
      return unreachable(error);
    }
  }

  async #request({ method, path, headers, body, signal }: Asked): Promise<Response> {
    const { url, token, fetch: send = fetch } = this.#options;
    const authorization = token === undefined ? {} : { Authorization: `Bearer ${await token()}` };
    return send(url.replace(/\/+$/, "") + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...authorization,
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

function failed<Value>(response: Response, answer: unknown): Attempt<Value> {
  const problem = problemOf(response.status, answer);
  return { result: { ok: false, problem }, retryAfterMs: retryAfterOf(response, problem) };
}

function unreachable<Value>(error: unknown): Attempt<Value> {
  const detail = error instanceof Error ? error.message : String(error);
  return { result: { ok: false, problem: { code: "unreachable", detail } }, retryAfterMs: 0 };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The contract says what is in an answer. A client that looked at each member would be as large as the service. */
function isAnswer<Answer>(answer: unknown): answer is Answer {
  return typeof answer === "object";
}

function problemOf(status: number, answer: unknown): Problem {
  if (isAnswer<Problem | null>(answer) && answer !== null && "code" in answer) return answer;
  return { code: "unexpected-answer", status, detail: `An answer of another kind, with status ${status}` };
}

/** 429, and 5xx: another attempt may go better, save where nobody has configured the service yet. */
function retryAfterOf({ status, headers }: Response, { code }: Problem): number | null {
  if (code === "authentication-not-configured" || (status !== 429 && status < 500)) return null;
  const seconds = Number(headers.get("Retry-After") ?? 0);
  return Math.min(Number.isFinite(seconds) ? seconds * 1_000 : 0, LONGEST_RETRY_AFTER_MS);
}

/** At random up to twice as long as the one before, so that clients which failed together don't come back together. */
export function pauseBefore(attempt: number): number {
  return Math.random() * Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
}

/** Over at once when the signal says so. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((wake) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      wake();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end);
  });
}
