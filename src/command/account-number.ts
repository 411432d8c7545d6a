// A generated account number, for a create that names none.

/** 32 hex digits: of the numbers that clients may choose, few look so, and two equal ones are not to be expected. */
const DIGITS = 32;

/**
 * With an idempotency key the number follows from the key and its caller, so that the same create meets the same
 * account again, and no table of keys has to be asked. Without one it is random.
 */
export async function generateAccountNumber(idempotencyKey: string | null, actor: string): Promise<string> {
  if (idempotencyKey === null) return crypto.randomUUID().replaceAll("-", "");
  // As JSON, so that no two pairs of caller and key are one text.
  const text = new TextEncoder().encode(JSON.stringify([actor, idempotencyKey]));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return [...digest]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .slice(0, DIGITS);
}
