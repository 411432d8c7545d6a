// How many events there were in each second, and of which seconds that is known.

import { beforeEach, expect, it } from "vitest";
import {
  countEvent,
  countLive,
  countSince,
  forgetThroughput,
  throughputUntil,
} from "../../src/console/api/throughput.ts";

const metadata = { commandId: "", correlationId: "", causationId: null, actor: "" };
const event = (createdAt: number) =>
  countEvent({
    position: 1,
    id: "123456:1",
    createdAt,
    lastModified: createdAt,
    type: "ACCOUNT_CONFIRMED",
    accountNumber: "123456",
    version: 1,
    data: {},
    metadata,
    _links: { self: { href: "" }, account: { href: "" } },
  });
/** Of the last five seconds. */
const newest = (epochMs: number) => throughputUntil(epochMs).events.slice(-5);

beforeEach(() => {
  forgetThroughput();
  countLive(true, 0);
});

it("knows of no second before the first event that it saw, nor of that event's own", () => {
  event(996_500);
  event(998_100);
  event(998_200);
  expect(newest(1_000_000)).toEqual([null, null, 0, 2, 0]);
});

it("knows of every second where there was nothing before", () => {
  countSince(0);
  expect(newest(1_000_000)).toEqual([0, 0, 0, 0, 0]);
});

it("knows of no second in which nobody followed, until it is made up for", () => {
  countSince(0);
  countLive(false, 997_400);
  expect(newest(1_000_000)).toEqual([0, 0, null, null, null]);
  countLive(true, 1_000_000);
  event(998_000);
  expect(newest(1_000_000)).toEqual([0, 0, 0, 1, 0]);
});
