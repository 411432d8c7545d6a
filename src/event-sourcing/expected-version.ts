// Optimistic concurrency: the versions at which a caller is content to have its command decided.

/** `any`: no expectation. `exists`: any version but 0. A list: one of these; an empty list never matches. */
export type ExpectedVersion = "any" | "exists" | readonly number[];

/** `version` is the stream's current version, 0 where it has no events. */
export function versionMatches(version: number, expected: ExpectedVersion): boolean {
  if (expected === "any") return true;
  if (expected === "exists") return version > 0;
  return expected.includes(version);
}
