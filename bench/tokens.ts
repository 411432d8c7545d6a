// An issuer on loopback: its keys over HTTP, as a real one serves them, and tokens signed with them.

import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";

const AUDIENCE = "tributary";
const KEY_ID = "bench";
const LIFETIME_SECONDS = 3_600;

export class LocalIssuer {
  readonly #server: Server;
  readonly #key: KeyObject;
  readonly #url: string;

  private constructor(server: Server, key: KeyObject, url: string) {
    this.#server = server;
    this.#key = key;
    this.#url = url;
  }

  static async start(): Promise<LocalIssuer> {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const keys = [{ ...publicKey.export({ format: "jwk" }), kid: KEY_ID, alg: "ES256", use: "sig" }];
    const server = createServer((_, response) => {
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ keys }));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("No port");
    return new LocalIssuer(server, privateKey, `http://127.0.0.1:${address.port}`);
  }

  /** What makes the Workers ask for its tokens. */
  get vars(): Readonly<Record<string, string>> {
    return { AUTH_ISSUER: this.#url, AUTH_AUDIENCE: AUDIENCE, AUTH_JWKS_URL: `${this.#url}/jwks` };
  }

  token(subject: string): string {
    const now = Math.floor(Date.now() / 1000);
    const head = { alg: "ES256", kid: KEY_ID, typ: "at+jwt" };
    const claims = {
      iss: this.#url,
      aud: AUDIENCE,
      sub: subject,
      scope: "accounts:read accounts:write",
      iat: now,
      exp: now + LIFETIME_SECONDS,
    };
    const text = [head, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    const signature = sign("sha256", Buffer.from(text), { key: this.#key, dsaEncoding: "ieee-p1363" });
    return `${text}.${signature.toString("base64url")}`;
  }

  stop(): void {
    this.#server.close();
  }
}
