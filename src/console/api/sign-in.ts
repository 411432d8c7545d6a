// Signing in by OpenID Connect: the code flow with PKCE, as a public client. Loaded when somebody signs in or a token ends.

import * as oauth from "oauth4webapi";
import type { Session } from "./session.ts";
import { SIGN_IN } from "./sign-in-settings.ts";

/** The issuer leads back to it. */
const REDIRECT_URI = `${location.origin}/sign-in`;
/** What a tab that went to sign in has to know when it comes back. */
const PENDING_AT = "tributary.sign-in";

interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
}

/** Leads away from the page. `returnTo`: where one comes back to. */
export async function beginSignIn(returnTo: string): Promise<void> {
  const { server, settings } = await issuer();
  const pending: Pending = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    returnTo,
  };
  sessionStorage.setItem(PENDING_AT, JSON.stringify(pending));
  location.assign(
    addressOf(server.authorization_endpoint, {
      client_id: settings.clientId,
      redirect_uri: REDIRECT_URI,
      response_type: "code",
      scope: settings.scope,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: "S256",
      // Who asks for tokens while nobody is there asks for consent (OpenID Connect Core 1.0, 11).
      ...(settings.scope.split(" ").includes("offline_access") ? { prompt: "consent" } : {}),
      ...audienceOf(settings.audience),
    }),
  );
}

type Arrival =
  | { readonly signedIn: Session; readonly returnTo: string }
  | { readonly refusal: string; readonly returnTo: string };

/** With what the issuer put into the address. */
export async function finishSignIn(address: URL): Promise<Arrival> {
  const pending = takePending();
  if (pending === null) return { refusal: "nobody set out from this tab to sign in", returnTo: "/" };
  const { returnTo } = pending;
  try {
    return { signedIn: await redeem(address, pending), returnTo };
  } catch (error) {
    return { refusal: refusalWords(error), returnTo };
  }
}

async function redeem(address: URL, { state, nonce, verifier }: Pending): Promise<Session> {
  const { server, client, settings, options } = await issuer();
  const parameters = oauth.validateAuthResponse(server, client, address, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    REDIRECT_URI,
    verifier,
    { ...options, additionalParameters: audienceOf(settings.audience) },
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  return sessionFrom(tokens, settings.scope, null);
}

/** The issuer's own words, where it has any. */
function refusalWords(error: unknown): string {
  const isIssuers =
    error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError;
  if (isIssuers) return error.error_description ?? error.error;
  return error instanceof Error ? error.message : String(error);
}

/** `unreachable`: nothing is known, and another attempt may go better. */
export async function renew(
  before: Session,
  refreshToken: string,
): Promise<Session | "refused" | "unreachable"> {
  try {
    const { server, client, settings, options } = await issuer();
    const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, {
      ...options,
      additionalParameters: audienceOf(settings.audience),
    });
    const tokens = await oauth.processRefreshTokenResponse(server, client, response);
    return sessionFrom(tokens, before.scope, before);
  } catch (error) {
    return error instanceof oauth.ResponseBodyError ? "refused" : "unreachable";
  }
}

/**
 * Ends there what the issuer lets end. Answers where to go on: the issuer's page about it, or back here. Who can't reach
 * the issuer is signed out here all the same.
 */
export async function endAtIssuer(ending: Session): Promise<URL> {
  try {
    const { server, client, settings, options } = await issuer();
    if (ending.refreshToken !== null && server.revocation_endpoint !== undefined) {
      await oauth
        .revocationRequest(server, client, oauth.None(), ending.refreshToken, options)
        // The session there is worth more than one token of it: whatever this came to, that is ended.
        .catch(() => null);
    }
    if (server.end_session_endpoint === undefined || ending.idToken === null) return new URL(REDIRECT_URI);
    return addressOf(server.end_session_endpoint, {
      client_id: settings.clientId,
      id_token_hint: ending.idToken,
      post_logout_redirect_uri: REDIRECT_URI,
    });
  } catch {
    return new URL(REDIRECT_URI);
  }
}

/** What it says of itself, asked anew each time: that is seldom. */
async function issuer() {
  if (SIGN_IN === null) throw new Error("Nobody signs in here");
  const url = new URL(SIGN_IN.issuer);
  // The edge names one without TLS only where that is this very machine.
  const options = { [oauth.allowInsecureRequests]: url.protocol === "http:" };
  const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, options));
  refuseOtherOrigin(server.token_endpoint, SIGN_IN.origins);
  return { server, client: { client_id: SIGN_IN.clientId }, settings: SIGN_IN, options };
}

/** Before anybody goes to the issuer: the browser would not let the code be redeemed, and not say why. */
function refuseOtherOrigin(endpoint: string | undefined, origins: readonly string[]): void {
  const origin = endpoint === undefined ? undefined : new URL(endpoint).origin;
  if (origin === undefined || origins.includes(origin)) return;
  throw new Error(
    `its token endpoint is at ${origin}, which the edge Worker's CONSOLE_TOKEN_ORIGINS does not name`,
  );
}

/** By RFC 8707, and as those issuers call it that came before it; others leave a parameter aside that they don't know. */
const audienceOf = (audience: string | null): Record<string, string> =>
  audience === null ? {} : { resource: audience, audience };

/** `asked`: the scope, which an issuer need not repeat where all of it is granted. */
function sessionFrom(tokens: oauth.TokenEndpointResponse, asked: string, before: Session | null): Session {
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const names = [claims?.name, claims?.preferred_username, claims?.email, claims?.sub];
  return {
    name: names.find((name) => typeof name === "string") ?? before?.name ?? "somebody",
    scope: tokens.scope ?? asked,
    accessToken: tokens.access_token,
    expiresAt: tokens.expires_in === undefined ? null : Date.now() + tokens.expires_in * 1_000,
    refreshToken: tokens.refresh_token ?? before?.refreshToken ?? null,
    idToken: tokens.id_token ?? before?.idToken ?? null,
  };
}

/** Once: a code counts once. */
function takePending(): Pending | null {
  const text = sessionStorage.getItem(PENDING_AT);
  sessionStorage.removeItem(PENDING_AT);
  return text === null ? null : JSON.parse(text);
}

function addressOf(endpoint: string | undefined, parameters: Readonly<Record<string, string>>): URL {
  if (endpoint === undefined) throw new Error("The issuer does not say where");
  const address = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return address;
}
