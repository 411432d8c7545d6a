// A real OpenID provider on loopback: tokens by client credentials, keys that rotate, and hostile tokens in its name.

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from "jose";
import { type ClientMetadata, Provider } from "oidc-provider";
import * as z from "zod";
import { CONSOLE_CLIENT_ID, INTERACTION_PATH, signInPage, signOutPage } from "./issuer-page.ts";

export const AUDIENCE = "urn:tributary:test";
const SECRET = "a secret that is long enough for every algorithm";
const TOKEN_SECONDS = 600;
const ALGORITHMS = ["RS256", "ES256", "EdDSA"] as const;

type Algorithm = (typeof ALGORITHMS)[number];

interface SigningKey {
  readonly kid: string;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

const tokenSchema = z.object({ access_token: z.string() });

export class TestIssuer {
  readonly url: string;
  readonly #server: Server;
  #keys: ReadonlyMap<Algorithm, SigningKey> = new Map();
  #generation = 0;
  /** Where the console is that people sign in at; null where none is. */
  #consoleOrigin: string | null = null;
  /** The paths that were asked for, in order. */
  readonly asked: string[] = [];

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(): Promise<TestIssuer> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("No port");
    const issuer = new TestIssuer(server, `http://127.0.0.1:${address.port}`);
    server.on("request", ({ url }) => issuer.asked.push(url ?? ""));
    await issuer.rotate();
    return issuer;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** As if it were started anew, with none of its keys. */
  async rotate(): Promise<void> {
    this.#generation += 1;
    const keys = await Promise.all(
      ALGORITHMS.map(async (alg): Promise<[Algorithm, SigningKey]> => {
        const pair = await generateKeyPair(alg, { extractable: true });
        return [alg, { ...pair, kid: `${alg}-${this.#generation}` }];
      }),
    );
    this.#keys = new Map(keys);
    await this.#answer();
  }

  /** From now on people can sign in at this console. */
  async admitConsole(origin: string): Promise<void> {
    this.#consoleOrigin = origin;
    await this.#answer();
  }

  async #answer(): Promise<void> {
    const provider = await this.#provider();
    const [answer, page] = [provider.callback(), signInPage(provider)];
    this.#server.removeAllListeners("request");
    this.#server.on("request", async (request, response) => {
      this.asked.push(request.url ?? "");
      if (!(await page(request, response))) void answer(request, response);
    });
  }

  /** A token as the provider gives it. `subject` is the client that asks. */
  async token(subject: string, scope: string, alg: Algorithm = "RS256"): Promise<string> {
    const response = await fetch(`${this.url}/token`, {
      method: "POST",
      headers: { Authorization: `Basic ${btoa(`${subject}:${encodeURIComponent(SECRET)}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials", scope, resource: `urn:resource:${alg}` }),
    });
    const body = await response.text();
    if (!response.ok) throw new Error(`No token: ${response.status} ${body}`);
    return tokenSchema.parse(JSON.parse(body)).access_token;
  }

  /** A token that the provider would not give, signed with its key; undefined members are left out. */
  async forge(
    claims: Readonly<Record<string, unknown>>,
    header: Partial<JWTHeaderParameters> = {},
  ): Promise<string> {
    const { kid, privateKey } = this.#key();
    return new SignJWT({ ...this.claims(), ...claims })
      .setProtectedHeader({ alg: "RS256", kid, ...header })
      .sign(privateKey);
  }

  /** What a good token of an operator's says. */
  claims(): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: this.url,
      aud: AUDIENCE,
      sub: "forger",
      scope: "accounts:read accounts:write accounts:operate",
      iat: now,
      exp: now + TOKEN_SECONDS,
    };
  }

  kid(): string {
    return this.#key().kid;
  }

  publicKeyPem(): Promise<string> {
    return exportSPKI(this.#key().publicKey);
  }

  #key(): SigningKey {
    const key = this.#keys.get("RS256");
    if (key === undefined) throw new Error("No key");
    return key;
  }

  #console(): ClientMetadata[] {
    if (this.#consoleOrigin === null) return [];
    const address = `${this.#consoleOrigin}/sign-in`;
    return [
      {
        client_id: CONSOLE_CLIENT_ID,
        token_endpoint_auth_method: "none",
        grant_types: ["authorization_code", "refresh_token"],
        redirect_uris: [address],
        post_logout_redirect_uris: [address],
      },
    ];
  }

  async #provider(): Promise<Provider> {
    const jwks = await Promise.all(
      [...this.#keys].map(async ([alg, { kid, privateKey }]) => ({
        ...(await exportJWK(privateKey)),
        alg,
        kid,
        use: "sig",
      })),
    );
    return new Provider(this.url, {
      jwks: { keys: jwks },
      clients: [
        ...this.#console(),
        ...["operator", "writer", "reader", "7", "8", "07", "nobody"].map((client) => ({
          client_id: client,
          client_secret: SECRET,
          grant_types: ["client_credentials"],
          redirect_uris: [],
          response_types: [],
        })),
      ],
      ttl: { ClientCredentials: TOKEN_SECONDS, AccessToken: TOKEN_SECONDS },
      scopes: ["openid", "profile", "offline_access"],
      claims: { profile: ["name"] },
      findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `Ms ${id}` }) }),
      // The name is in the token, where a console looks that asks nothing more.
      conformIdTokenClaims: false,
      interactions: { url: (_, { uid }) => `${INTERACTION_PATH}${uid}` },
      // Browsers ask first, for the console's page at its other origin.
      clientBasedCORS: (_, origin) => origin === this.#consoleOrigin,
      enabledJWA: { idTokenSigningAlgValues: [...ALGORITHMS] },
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        rpInitiatedLogout: { logoutSource: signOutPage },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_, resource) => ({
            scope: "accounts:read accounts:write accounts:operate accounts:self",
            audience: AUDIENCE,
            accessTokenFormat: "jwt",
            jwt: { sign: { alg: ALGORITHMS.find((alg) => resource.endsWith(alg)) ?? "RS256" } },
          }),
        },
      },
    });
  }
}
