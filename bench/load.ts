// The one load generator: so many connections, each sending its next request when it has its reply, or at a given rate.

import autocannon from "autocannon";
import { percentile } from "./figures.ts";
import { loadAtRate } from "./paced-load.ts";
import type { LoadOptions, LoadResult, Traffic } from "./traffic.ts";

export async function load(url: string, traffic: Traffic, options: LoadOptions): Promise<LoadResult> {
  const { connections, seconds, rate } = options;
  if (rate !== undefined) return loadAtRate(url, traffic, { ...options, rate });
  const latencies: number[] = [];
  let errors = 0;
  let clients = 0;
  const startedAt = performance.now();
  const settings: autocannon.Options = {
    url,
    connections,
    duration: seconds,
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
    replies: latencies.length,
    perSecond: latencies.length / elapsedSeconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    errors: errors + result.errors,
  };
}
