// Signatures of Standard Webhooks: those that hold, and those that do not.

import { describe, expect, it } from "vitest";
import { isSigned, signatureHeaders } from "../../src/http/standard-webhooks.ts";

/** The example of the specification. */
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER_SECRET = `whsec_${btoa("another secret of some length")}`;
const ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const TIMESTAMP = 1614265330;
const NOW = TIMESTAMP * 1000;
const BODY = bytes('{"test": 2432232314}');
const SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const message = { id: ID, timestamp: TIMESTAMP, body: BODY };

const signedBy = async (...secrets: string[]) =>
  new Headers({ ...(await signatureHeaders(secrets, message)) });

describe("a signature", () => {
  it("is the one of the specification's example", async () => {
    expect(await signatureHeaders([SECRET], message)).toEqual({
      "webhook-id": ID,
      "webhook-timestamp": String(TIMESTAMP),
      "webhook-signature": SIGNATURE,
    });
  });

  it("holds for the body that it was made of", async () => {
    expect(await isSigned([SECRET], await signedBy(SECRET), BODY, NOW)).toBe(true);
  });

  it("holds where several secrets sign, or several are known, and one is of both", async () => {
    expect(await isSigned([SECRET], await signedBy(OTHER_SECRET, SECRET), BODY, NOW)).toBe(true);
    expect(await isSigned([OTHER_SECRET, SECRET], await signedBy(SECRET), BODY, NOW)).toBe(true);
  });

  it("does not hold for another body, id or time, or by another secret", async () => {
    const headers = await signedBy(SECRET);
    expect(await isSigned([SECRET], headers, bytes('{"test": 2432232315}'), NOW)).toBe(false);
    expect(await isSigned([OTHER_SECRET], headers, BODY, NOW)).toBe(false);
    expect(await isSigned([], headers, BODY, NOW)).toBe(false);
    for (const [header, value] of [
      ["webhook-id", "msg_another"],
      ["webhook-timestamp", String(TIMESTAMP + 1)],
    ] as const) {
      const changed = new Headers(headers);
      changed.set(header, value);
      expect(await isSigned([SECRET], changed, BODY, NOW)).toBe(false);
    }
  });

  it.each([
    [-300, true],
    [300, true],
    [-301, false],
    [301, false],
  ])("made %i seconds from now: %s", async (seconds, holds) => {
    expect(await isSigned([SECRET], await signedBy(SECRET), BODY, NOW - seconds * 1000)).toBe(holds);
  });

  it.each([
    ["", "no signature"],
    ["v1,", "an empty one"],
    ["v1,not base64!", "no base64"],
    ["v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "one of another version"],
    [SIGNATURE.slice(0, -3), "a part of one"],
    [`${"v1,AAAA ".repeat(10)}${SIGNATURE}`, "one behind more than are looked at"],
  ])("%j does not hold: %s", async (signature) => {
    const headers = await signedBy(SECRET);
    headers.set("webhook-signature", signature);
    expect(await isSigned([SECRET], headers, BODY, NOW)).toBe(false);
  });

  it.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("needs %s", async (header) => {
    const headers = await signedBy(SECRET);
    headers.delete(header);
    expect(await isSigned([SECRET], headers, BODY, NOW)).toBe(false);
  });

  it.each(["soon", "1614265330.5", "-1614265330", ""])(
    "needs a time in digits, not %j",
    async (timestamp) => {
      const headers = await signedBy(SECRET);
      headers.set("webhook-timestamp", timestamp);
      expect(await isSigned([SECRET], headers, BODY, NOW)).toBe(false);
    },
  );
});
