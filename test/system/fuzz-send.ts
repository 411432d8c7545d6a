// Sends a request byte by byte as the case has it: `fetch` would tidy paths up, and give no body to a GET.

import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";
import type { FuzzCase } from "./fuzz-cases.ts";

const REPLY_LIMIT_MS = 15_000;

export interface RawReply {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/** A connection of its own for each request, so that what one leaves behind on it is not the next one's. */
const agent = new Agent({ keepAlive: false });

export async function sendRaw(
  url: URL,
  { method, path, headers, body, chunked }: FuzzCase,
): Promise<RawReply> {
  const bytes = body === null ? null : Buffer.from(body, "latin1");
  const length = chunked
    ? { "Transfer-Encoding": "chunked" }
    : { "Content-Length": String(bytes?.length ?? 0) };
  const sent = request({
    agent,
    host: url.hostname,
    port: url.port,
    method,
    path,
    headers: { ...headers, ...(bytes === null ? {} : length) },
    signal: AbortSignal.timeout(REPLY_LIMIT_MS),
  });
  const answered = once(sent, "response");
  // Who is refused for the size of a body may be cut off while sending it; whether an answer came is what counts.
  sent.on("error", () => {});
  if (bytes !== null && chunked) {
    const middle = Math.ceil(bytes.length / 2);
    sent.write(bytes.subarray(0, middle));
    sent.end(bytes.subarray(middle));
  } else sent.end(bytes ?? undefined);
  const response: IncomingMessage = (await answered)[0];
  const { statusCode: status = 0, headers: replied } = response;
  return { status, headers: replied, text: (await buffer(response)).toString() };
}
