// Entity tags (RFC 9110, 8.8.3) of accounts, which are their versions.

export interface EntityTag {
  readonly weak: boolean;
  readonly value: string;
}

const TAG = /^\s*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*$/;

/** `*`, a list of tags, or null where the header is malformed. Empty list elements are tolerated. */
export function parseEntityTags(header: string): "*" | EntityTag[] | null {
  if (header.trim() === "*") return "*";
  const tags: EntityTag[] = [];
  // A tag may contain a comma, so the list is cut at commas outside of quotes.
  for (const element of header.match(/(?:"[^"]*"|[^,"])+/g) ?? []) {
    if (element.trim() === "") continue;
    const [, weak, value] = TAG.exec(element) ?? [];
    if (value === undefined) return null;
    tags.push({ weak: weak !== undefined, value });
  }
  return tags.length === 0 ? null : tags;
}
