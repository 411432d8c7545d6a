// When a receiver asks to be left alone: `Retry-After` (RFC 9110, 10.2.3), in seconds or as a date.

/** It is asked for too much (429), or it is down (503). */
const BUSY_STATUSES: readonly number[] = [429, 503];

/** No longer than the longest delay of the schedule: a wrong answer is not to silence a receiver for years. */
export const LONGEST_RETRY_AFTER_MS = 24 * 3_600_000;

/** 0 where it asks for nothing. */
export function retryAfterMs({ status, headers }: Response, now = Date.now()): number {
  if (!BUSY_STATUSES.includes(status)) return 0;
  const text = headers.get("Retry-After")?.trim() ?? "";
  const askedMs = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(askedMs) ? 0 : Math.min(Math.max(askedMs, 0), LONGEST_RETRY_AFTER_MS);
}
