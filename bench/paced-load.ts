// Load at a given rate, evenly: autocannon would send each second's requests at once, and measure its own burst. A request
// is due at its time; where no connection is free then, its wait counts, as it would for whoever sent it. A timer may go off
// up to two milliseconds early: then the request's time begins when it is sent.

import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { percentile } from "./figures.ts";
import type { LoadOptions, LoadResult, Traffic } from "./traffic.ts";

export async function loadAtRate(
  url: string,
  traffic: Traffic,
  { connections, seconds, rate }: LoadOptions & { readonly rate: number },
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latencies: number[] = [];
  let errors = 0;
  let sent = 0;
  const startedAt = performance.now();
  const total = Math.max(Math.round(rate * seconds), 1);
  const work = async (connection: number): Promise<void> => {
    while (sent < total) {
      const dueAt = startedAt + (sent++ * 1000) / rate;
      const wait = dueAt - performance.now();
      if (wait > 0) await sleep(wait);
      const beginsAt = Math.min(dueAt, performance.now());
      const status = await exchange(url, agent, traffic, connection);
      traffic.answered(connection, status);
      if (status === traffic.expected) latencies.push(performance.now() - beginsAt);
      else errors += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, connection) => work(connection)));
  agent.destroy();
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  latencies.sort((one, other) => one - other);
  return {
    replies: latencies.length,
    perSecond: latencies.length / elapsedSeconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    errors,
  };
}

/** The status; 0 is no answer. */
function exchange(url: string, agent: Agent, traffic: Traffic, connection: number): Promise<number> {
  const { method, path, headers } = traffic.next(connection);
  return new Promise((settle) => {
    const sending = request(`${url}${path}`, {
      method,
      agent,
      headers: { "Content-Length": "0", ...headers },
    });
    sending.on("response", (response) => {
      response.resume();
      response.on("end", () => settle(response.statusCode ?? 0));
    });
    sending.on("error", () => settle(0));
    sending.end();
  });
}
