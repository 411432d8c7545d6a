// A generated account number, for a create that names none.

import { sha256 } from "../http/sha256.ts";

/** 32 hex digits: of the numbers that clients may choose, few look so, and two equal ones are not to be expected. */
const DIGITS = 32;

/**
 * With an idempotency key the number follows from the key and its caller, so that the same create meets the same
 * account again, and no table of keys has to be asked. Without one it is random.
 */
export async function generateAccountNumber(idempotencyKey: string | null, actor: string): Promise<string> {
  if (idempotencyKey === null) return crypto.randomUUID().replaceAll("-", "");
  // As JSON, so that no two pairs of caller and key are one text.
  return (await sha256(JSON.stringify([actor, idempotencyKey]))).slice(0, DIGITS);
}
