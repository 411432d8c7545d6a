// The issuer's keys, as it publishes them: found by OpenID discovery where no address is given, fetched when they are
// first needed, and kept for the life of the isolate. No request to the issuer per call.

import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWKSCacheInput,
  type JWTVerifyGetKey,
  jwksCache,
  type RemoteJWKSet,
} from "jose";
import * as z from "zod";
import { isPrivate } from "./addresses.ts";

const FETCH_TIMEOUT_MS = 5_000;
/** A key that the issuer withdraws is trusted so much longer at most. */
const KEYS_MAX_AGE_MS = 10 * 60_000;
/** How soon an unknown key id has the keys fetched again: soon for a rotation, and seldom for who invents key ids. */
const KEYS_COOLDOWN_MS = 5_000;
const DISCOVERY_MAX_AGE_MS = 60 * 60_000;
/** An address that failed is left alone for so long: shorter than a client goes on trying. */
const REST_AFTER_FAILURE_MS = 2_000;

export interface Issuer {
  /** As tokens name it. */
  readonly issuer: string;
  /** Where its keys are; null where discovery is to tell. */
  readonly jwksUrl: string | null;
}

/** The issuer does not answer, or not with keys: nothing can be said of any token. */
export class IssuerUnavailable extends Error {
  override readonly name = "IssuerUnavailable";
}

/** Finds the key that a token names. Throws `IssuerUnavailable`, or jose's error where the issuer has no such key. */
export function issuerKeys({ issuer, jwksUrl }: Issuer): JWTVerifyGetKey {
  return async (header, token) => {
    const { keys } = keySet(jwksUrl ?? (await discoverJwksUrl(issuer)));
    try {
      return await keys(header, token);
    } catch (error) {
      if (isTokensFault(error)) throw error;
      throw new IssuerUnavailable(`No keys from ${issuer}`, { cause: error });
    }
  };
}

/**
 * What stands for the keys that are trusted now: another object whenever they were fetched anew, null where they have to
 * be fetched before anything can be said of a token.
 */
export function trustedKeys({ issuer, jwksUrl }: Issuer): object | null {
  const url = jwksUrl ?? discoveredJwksUrl(issuer);
  const known = url === null ? undefined : keySets.get(url);
  return known?.keys.fresh ? (known.fetched.jwks ?? null) : null;
}

interface KeySet {
  readonly keys: RemoteJWKSet;
  /** What it fetched last, written by jose. */
  readonly fetched: JWKSCacheInput;
}

/** By address. What is kept is plain keys, which requests may share; jose lets none await another's fetch. */
const keySets = new Map<string, KeySet>();

function keySet(url: string): KeySet {
  const known = keySets.get(url);
  if (known !== undefined) return known;
  const fetched: JWKSCacheInput = {};
  const keys = createRemoteJWKSet(new URL(url), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cacheMaxAge: KEYS_MAX_AGE_MS,
    cooldownDuration: KEYS_COOLDOWN_MS,
    [customFetch]: async (address, init) =>
      Response.json(await ask(address, init, (answer) => keysSchema.parse(answer))),
    [jwksCache]: fetched,
  });
  const made = { keys, fetched };
  keySets.set(url, made);
  return made;
}

const keysSchema = z.object({ keys: z.array(z.looseObject({})) });

function isTokensFault(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

const discovered = new Map<string, { readonly jwksUrl: string; readonly at: number }>();

const documentSchema = z.object({ issuer: z.string(), jwks_uri: z.string().refine(isPrivate) });

function discoveredJwksUrl(issuer: string): string | null {
  const known = discovered.get(issuer);
  return known !== undefined && Date.now() < known.at + DISCOVERY_MAX_AGE_MS ? known.jwksUrl : null;
}

/** OpenID Connect Discovery 1.0, section 4. The document has to speak of this very issuer (section 4.3). */
async function discoverJwksUrl(issuer: string): Promise<string> {
  const known = discoveredJwksUrl(issuer);
  if (known !== null) return known;
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  try {
    const init: RequestInit = { redirect: "manual", signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) };
    const jwksUrl = await ask(url, init, (answer) => {
      const document = documentSchema.parse(answer);
      if (document.issuer !== issuer) throw new Error(`${url} is of the issuer ${document.issuer}`);
      return document.jwks_uri;
    });
    discovered.set(issuer, { jwksUrl, at: Date.now() });
    return jwksUrl;
  } catch (error) {
    throw new IssuerUnavailable(`Discovery of ${issuer} failed`, { cause: error });
  }
}

/** Addresses that failed, and until when they are left alone: epoch milliseconds. */
const resting = new Map<string, number>();

/**
 * What `read` makes of an answer. Throws where there is none that it takes; and at once where the address failed a moment
 * ago, since anybody can make up a token that needs it. After the rest one request asks, and the others go on resting.
 */
async function ask<Document>(
  url: string,
  init: RequestInit,
  read: (answer: unknown) => Document,
): Promise<Document> {
  const restsUntil = resting.get(url);
  if (restsUntil !== undefined) {
    if (Date.now() < restsUntil) throw new Error(`${url} failed a moment ago`);
    resting.set(url, Date.now() + REST_AFTER_FAILURE_MS);
  }
  try {
    const response = await fetch(url, init);
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
    const document = read(await response.json());
    resting.delete(url);
    return document;
  } catch (error) {
    resting.set(url, Date.now() + REST_AFTER_FAILURE_MS);
    throw error;
  }
}
