// A page: its items, a link to itself, and one to the next page where there is more.

import { link } from "../http/representations.ts";
import type { QueryContext } from "./env.ts";

/** Where the next page begins: the parameter that says so, and its value. */
type NextPage = readonly [parameter: "after" | "cursor", value: string | number];

export function pageResponse(
  context: QueryContext,
  items: readonly object[],
  next: NextPage | null,
): Response {
  const url = new URL(context.req.url);
  const self = link(url.pathname + url.search);
  if (next === null) return context.json({ items, _links: { self } });
  const [parameter, value] = next;
  // Everything else stays as it was asked for: the filters, the types, the limit.
  url.searchParams.set(parameter, String(value));
  return context.json({ items, _links: { self, next: link(url.pathname + url.search) } });
}
