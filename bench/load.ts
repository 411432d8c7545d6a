// The one load generator: so many connections, each sending its next request when it has its reply, or at a given rate.

import autocannon from "autocannon";
import { percentile } from "./figures.ts";

export interface Exchange {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What connections send. A connection has one request under way at most. */
export interface Traffic {
  next(connection: number): Exchange;
  answered(connection: number, status: number): void;
  /** The statuses that a request of this traffic is to get. */
  readonly expected: number;
}

export interface LoadOptions {
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second over all connections; as many as go, where there is none. */
  readonly rate?: number;
}

export interface LoadResult {
  /** Replies as expected, a second. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Other replies, and requests without one. */
  readonly errors: number;
}

export async function load(url: string, traffic: Traffic, options: LoadOptions): Promise<LoadResult> {
  const { connections, seconds, rate } = options;
  const latencies: number[] = [];
  let errors = 0;
  let clients = 0;
  const startedAt = performance.now();
  const settings: autocannon.Options = {
    url,
    connections,
    duration: seconds,
    ...(rate === undefined ? {} : { overallRate: Math.max(Math.round(rate), connections) }),
    setupClient(client) {
      const connection = clients++;
      client.setRequests([
        {
          setupRequest: (request) => {
            const { method, path, headers } = traffic.next(connection);
            return {
              ...request,
              method,
              path,
              ...(headers === undefined ? {} : { headers: { ...headers } }),
            };
          },
          onResponse: (status) => {
            traffic.answered(connection, status);
            if (status !== traffic.expected) errors += 1;
          },
        },
      ]);
    },
  };
  const result = await new Promise<autocannon.Result>((settle, reject) => {
    const run = autocannon(settings, (error, done) => (error ? reject(error) : settle(done)));
    run.on("response", (_client, status, _bytes, responseMs) => {
      if (status === traffic.expected) latencies.push(responseMs);
    });
  });
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  latencies.sort((one, other) => one - other);
  return {
    perSecond: latencies.length / elapsedSeconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    errors: errors + result.errors,
  };
}
