// Standard Webhooks (standardwebhooks.com, specification 1.0): who sends an HTTP body signs it with a shared secret.

const SECRET_PREFIX = "whsec_";
const SIGNATURE_PREFIX = "v1,";
/** How far a signature's time may be from ours, either way: what is overheard can't be sent again much later. */
const TOLERANCE_SECONDS = 5 * 60;
/** A header with more signatures is not tried through. */
const MAX_SIGNATURES = 10;

const HMAC = { name: "HMAC", hash: "SHA-256" };
const encoder = new TextEncoder();

/** The standard asks for 24 to 64. */
const SECRET_BYTES = 32;

export function generateSecret(): string {
  return SECRET_PREFIX + btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(SECRET_BYTES))));
}

/** What a signature covers. `timestamp`: epoch seconds. */
interface SignedMessage {
  readonly id: string;
  readonly timestamp: number;
  readonly body: Uint8Array;
}

/** The headers that a message is sent with. Every secret signs, so that a receiver may change over from one to another. */
export async function signatureHeaders(
  secrets: readonly string[],
  message: SignedMessage,
): Promise<Readonly<Record<string, string>>> {
  const signatures = await Promise.all(
    secrets.map(async (secret) => {
      const signature = await crypto.subtle.sign(HMAC, await keyOf(secret), contentOf(message));
      return SIGNATURE_PREFIX + btoa(String.fromCharCode(...new Uint8Array(signature)));
    }),
  );
  return {
    "webhook-id": message.id,
    "webhook-timestamp": String(message.timestamp),
    "webhook-signature": signatures.join(" "),
  };
}

/** Whether one of the secrets signed this body lately. `now`: epoch milliseconds. */
export async function isSigned(
  secrets: readonly string[],
  headers: Headers,
  body: Uint8Array,
  now: number,
): Promise<boolean> {
  const id = headers.get("webhook-id");
  const time = headers.get("webhook-timestamp");
  if (id === null || time === null || !/^\d{1,15}$/.test(time)) return false;
  const timestamp = Number(time);
  if (Math.abs(now / 1000 - timestamp) > TOLERANCE_SECONDS) return false;
  const content = contentOf({ id, timestamp, body });
  const signatures = signaturesIn(headers.get("webhook-signature") ?? "");
  for (const secret of secrets) {
    const key = await keyOf(secret);
    for (const signature of signatures) {
      // The platform compares in constant time.
      if (await crypto.subtle.verify(HMAC, key, signature, content)) return true;
    }
  }
  return false;
}

/** Those of the one version that there is with a shared secret; what can't be read signs nothing. */
function signaturesIn(header: string): Uint8Array[] {
  return header
    .split(" ")
    .filter((text) => text.startsWith(SIGNATURE_PREFIX))
    .slice(0, MAX_SIGNATURES)
    .flatMap((text) => {
      try {
        return [bytesOf(text.slice(SIGNATURE_PREFIX.length))];
      } catch {
        return [];
      }
    });
}

function contentOf({ id, timestamp, body }: SignedMessage): Uint8Array {
  const start = encoder.encode(`${id}.${timestamp}.`);
  const content = new Uint8Array(start.length + body.length);
  content.set(start);
  content.set(body, start.length);
  return content;
}

/** `whsec_` and base64, as the specification writes secrets. Throws where a secret is none: it was configured so. */
function keyOf(secret: string): Promise<CryptoKey> {
  if (!secret.startsWith(SECRET_PREFIX)) throw new Error(`A webhook secret begins with ${SECRET_PREFIX}`);
  return crypto.subtle.importKey("raw", bytesOf(secret.slice(SECRET_PREFIX.length)), HMAC, false, [
    "sign",
    "verify",
  ]);
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
