import { afterEach, describe, expect, it, vi } from "vitest";
import { type Connection, ProblemFound, TributaryClient } from "../../src/client/client.ts";
import { messagesOf } from "../../src/client/server-sent-events.ts";
import { problem, useService } from "./service.ts";

const service = useService();
afterEach(() => vi.restoreAllMocks());

const stream = (body: string) => ({ status: 200, body, headers: { "Content-Type": "text/event-stream" } });
const event = (position: number): string => `id: ${position}\ndata: {"position":${position}}\n\n`;

/** The positions up to the last one that is waited for. */
async function follow(last: number, onConnection?: (connection: Connection) => void): Promise<number[]> {
  const client = new TributaryClient({ url: service.url, token: () => `token-${service.asked.length}` });
  const ended = new AbortController();
  const options = { after: 4, signal: ended.signal, ...(onConnection === undefined ? {} : { onConnection }) };
  const positions: number[] = [];
  for await (const { position } of client.followFeed(options)) {
    positions.push(position);
    if (position === last) ended.abort();
  }
  return positions;
}

describe("following the feed", () => {
  it("goes on where it was cut off, in the middle of an event too, without gap or repeat", async () => {
    service.answers = [
      stream(`retry: 1000\n:\nid: 4\n\n${event(5)}id: 6\ndata: {"posi`),
      "cut",
      problem(503, "unavailable"),
      stream(event(6) + event(7)),
    ];
    expect(await follow(7)).toEqual([5, 6, 7]);
    expect(service.asked.map(({ headers }) => headers["last-event-id"])).toEqual(["4", "5", "5", "5"]);
    expect(service.asked.map(({ headers }) => headers.authorization)).toEqual(
      [0, 1, 2, 3].map((attempt) => `Bearer token-${attempt}`),
    );
    expect(service.asked[0]).toMatchObject({ path: "/v1/feed", headers: { accept: "text/event-stream" } });
  });

  it.each(["\u2028", "\u2029"])(
    "gets an event whose text has a line separator of Unicode",
    async (separator) => {
      const separated = `id: 6\ndata: ${JSON.stringify({ position: 6, data: { reason: separator } })}\n\n`;
      service.answers = [stream(event(5) + separated + event(7))];
      expect(await follow(7)).toEqual([5, 6, 7]);
    },
  );

  it("ends with its signal, in a pause too", async () => {
    service.answers = [problem(429, "rate-limited", { "Retry-After": "60" })];
    const ended = new AbortController();
    const following = new TributaryClient({ url: service.url }).followFeed({
      signal: ended.signal,
      onConnection: (connection) => connection === "cut-off" && setTimeout(() => ended.abort()),
    });
    expect(await following.next()).toMatchObject({ done: true });
  });

  it("remembers the place of what was filtered out", async () => {
    service.answers = [stream(`${event(5)}:\nid: 90\n\n`), stream(event(91))];
    expect(await follow(91)).toEqual([5, 91]);
    expect(service.asked[1]?.headers["last-event-id"]).toBe("90");
  });

  it("tells how the connection is", async () => {
    service.answers = [stream(event(5)), "cut", stream(event(6))];
    const told: Connection[] = [];
    await follow(6, (connection) => told.push(connection));
    expect(told).toEqual(["connecting", "live", "cut-off", "cut-off", "live"]);
  });

  it("waits long only while nothing comes: after an event, a stream that is cut is asked for soon", async () => {
    // The longest pause there may be, so that pauses can be told apart.
    vi.spyOn(Math, "random").mockReturnValue(1);
    const pauses: number[] = [];
    const setTimer = globalThis.setTimeout;
    vi.spyOn(globalThis, "setTimeout").mockImplementation((run, after, ...rest) => {
      // Others are of Node's own fetch, and what ends a silence.
      const isPause = after !== undefined && [200, 400, 800, 1_600, 3_200].includes(after);
      if (isPause) pauses.push(after);
      return setTimer(run, isPause ? 0 : after, ...rest);
    });
    service.answers = ["cut", "cut", "cut", stream(event(5)), stream(event(6)), stream(event(7))];
    expect(await follow(7)).toEqual([5, 6, 7]);
    expect(pauses).toEqual([200, 400, 800, 200, 200]);
  });

  it("throws the problem that another attempt would meet again", async () => {
    service.answers = [problem(403, "forbidden")];
    await expect(follow(5)).rejects.toThrow(ProblemFound);
    expect(service.asked).toHaveLength(1);
  });
});

describe("a stream of server-sent events", () => {
  const TEXT = `: hello\r\nid: 1\r\ndata: {"ä": 1}\r\n\r\n:\nid: 2\n\nid:3\ndata:a\ndata: b\n\ndata: not whole\n`;
  const bytes = new TextEncoder().encode(TEXT);

  it("is the same however its bytes come in pieces", async () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      const found = [];
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(bytes.slice(0, cut));
          controller.enqueue(bytes.slice(cut));
          controller.close();
        },
      });
      for await (const message of messagesOf(body, () => {}, 60_000)) found.push(message);
      expect(found, `cut at ${cut}`).toEqual([
        { id: "1", data: '{"ä": 1}' },
        { id: "2", data: null },
        { id: "3", data: "a\nb" },
      ]);
    }
  });

  it("tells of a silence that is too long", async () => {
    let silent = () => {};
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        silent = () => controller.error(new Error("silence"));
      },
    });
    const found = [];
    for await (const message of messagesOf(body, () => silent(), 5)) found.push(message);
    expect(found).toEqual([]);
  });
});
