import { describe, expect, it } from "vitest";
import { receiverUrlSchema } from "../../../src/processor/subscriptions/receiver-url.ts";

const isTaken = (url: string, loopbackAllowed = false): boolean =>
  receiverUrlSchema(loopbackAllowed).safeParse(url).success;

describe("a receiver's URL", () => {
  it.each([
    "https://example.com/events",
    "https://hooks.example.com:8443/a?b=c",
    "https://xn--bcher-kva.example/",
    "https://abc.lambda-url.eu-central-1.on.aws/",
    "https://localhost.example.com/",
  ])("may be %s", (url) => {
    expect(isTaken(url)).toBe(true);
  });

  it.each([
    "http://example.com/events",
    "ftp://example.com/",
    "javascript:alert(1)",
    "example.com",
    "",
    "https://user:password@example.com/",
    "https://example.com/#part",
    "https://localhost/",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://93.184.215.14/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fd00::1]/",
    "https://router/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://api.localhost./",
    `https://example.com/${"a".repeat(2_000)}`,
  ])("is not %s", (url) => {
    expect(isTaken(url)).toBe(false);
  });

  it.each([
    "http://localhost:3000/events",
    "http://127.0.0.1:1234/",
    "http://[::1]:8080/",
    "https://localhost/",
  ])("is %s in local development alone", (url) => {
    expect(isTaken(url, true)).toBe(true);
    expect(isTaken(url)).toBe(false);
  });

  it.each(["http://example.com/", "http://10.0.0.1/", "http://user@localhost/", "ftp://localhost/"])(
    "is not %s even there",
    (url) => {
      expect(isTaken(url, true)).toBe(false);
    },
  );
});
