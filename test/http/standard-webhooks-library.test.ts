// Signatures and secrets, held against the library of the standard itself.

import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { generateSecret, signatureHeaders } from "../../src/http/standard-webhooks.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("a signature", () => {
  it("is the one that the standard's own library makes", async () => {
    const secret = generateSecret();
    const at = new Date("2026-11-24T12:00:00.000Z");
    const timestamp = at.getTime() / 1000;
    const body = '{"reason":"ä"}';
    expect(await signatureHeaders([secret], { id: "123456:1", timestamp, body: bytes(body) })).toEqual({
      "webhook-id": "123456:1",
      "webhook-timestamp": "1795521600",
      "webhook-signature": new Webhook(secret).sign("123456:1", at, body),
    });
  });

  it("is there once for each secret, so that either is enough", async () => {
    const secrets = [generateSecret(), generateSecret()];
    const timestamp = Math.floor(Date.now() / 1000);
    const headers = await signatureHeaders(secrets, { id: "123456:1", timestamp, body: bytes("{}") });
    for (const secret of secrets) expect(new Webhook(secret).verify("{}", headers)).toEqual({});
    expect(() => new Webhook(generateSecret()).verify("{}", headers)).toThrow();
    expect(() => new Webhook(secrets[0] ?? "").verify("{ }", headers)).toThrow();
  });
});

describe("a secret", () => {
  it("is 32 random bytes in the standard's form", () => {
    const [one, other] = [generateSecret(), generateSecret()];
    expect(one).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(one).not.toBe(other);
  });
});
