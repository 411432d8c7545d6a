// Verifying a bearer token: a JWT that the configured issuer signed, for this audience, now.

import { errors, type JWTPayload, jwtVerify } from "jose";
import { SCOPES } from "./caller.ts";
import { type Issuer, issuerKeys, trustedKeys } from "./issuer.ts";
import { sha256 } from "./sha256.ts";
import { recallCaller, rememberCaller, type VerifiedCaller } from "./verified-tokens.ts";

/** Asymmetric alone: a token signed with a secret could have been signed with the public key as the secret. */
const ALGORITHMS = ["RS256", "ES256", "EdDSA"];
/** Clocks differ a little. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** OpenID Connect Core 1.0, section 2: a subject is no longer. It is kept with each event. */
const MAX_SUBJECT_LENGTH = 255;

export interface TrustedIssuer extends Issuer {
  readonly audience: string;
}

export type Verified =
  | VerifiedCaller
  /** `reason` may be shown to whoever sent the token. */
  | { readonly kind: "refused"; readonly reason: string };

/** Throws `IssuerUnavailable`. */
export async function verifyToken(token: string, trusted: TrustedIssuer): Promise<Verified> {
  const keys = trustedKeys(trusted);
  if (keys === null) return verifyNow(token, trusted);
  // What a token is good for depends on whose it has to be, and for whom.
  const digest = await sha256(JSON.stringify([trusted.issuer, trusted.audience, token]));
  const known = recallCaller(digest, keys);
  if (known !== null) return known;
  const verified = await verifyNow(token, trusted);
  // Where the keys changed meanwhile, which of them vouched for it is not known.
  if (verified.kind === "caller" && trustedKeys(trusted) === keys) {
    rememberCaller(digest, keys, verified);
  }
  return verified;
}

async function verifyNow(token: string, trusted: TrustedIssuer): Promise<Verified> {
  try {
    const { payload } = await jwtVerify(token, issuerKeys(trusted), {
      issuer: trusted.issuer,
      audience: trusted.audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ["exp", "sub"],
    });
    return callerOf(payload);
  } catch (error) {
    if (error instanceof errors.JOSEError) return { kind: "refused", reason: reasonOf(error) };
    throw error;
  }
}

function callerOf({ sub, exp = 0, scope, scp }: JWTPayload): Verified {
  if (typeof sub !== "string" || sub === "" || sub.length > MAX_SUBJECT_LENGTH) {
    return { kind: "refused", reason: "The token's sub is no subject" };
  }
  const granted = [scope, scp].flat().flatMap((text) => (typeof text === "string" ? text.split(" ") : []));
  return {
    kind: "caller",
    caller: {
      subject: sub,
      scopes: SCOPES.filter((known) => granted.includes(known)),
      expiresAt: (exp + CLOCK_TOLERANCE_SECONDS) * 1000,
    },
  };
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return "The token has expired";
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.reason === "missing"
      ? `The token lacks ${error.claim}`
      : `The token is not for here and now: ${error.claim}`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return `Tokens are signed with ${ALGORITHMS.join(", ")}`;
  if (error instanceof errors.JWSSignatureVerificationFailed) return "The token's signature is wrong";
  if (error instanceof errors.JWKSNoMatchingKey) return "The token's key is none of the issuer's";
  return "The token is no token of the issuer's";
}
