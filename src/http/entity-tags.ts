// Entity tags (RFC 9110, 8.8.3) of accounts, which are their versions.

export interface EntityTag {
  readonly weak: boolean;
  readonly value: string;
}

/** An opaque tag may contain commas and backslashes, but no quote. */
const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
const LIST = new RegExp(String.raw`^[\s,]*${TAG}(?:\s*,[\s,]*${TAG})*[\s,]*$`);
const EACH = /(W\/)?"([^"]*)"/g;

/** `*`, a list of tags, or null where the header is malformed. Empty list elements are tolerated. */
export function parseEntityTags(header: string): "*" | EntityTag[] | null {
  if (header.trim() === "*") return "*";
  if (!LIST.test(header)) return null;
  return [...header.matchAll(EACH)].map(([, weak, value = ""]) => ({ weak: weak !== undefined, value }));
}
