// A page: its items, a link to itself, and one to the next page where there is more.

import { jsonAnswer } from "../http/answers.ts";
import { link } from "../http/representations.ts";
import type { QueryContext } from "./env.ts";
import type { ServedFrom } from "./served-from.ts";

/** Where the next page begins: the parameter that says so, and its value. */
type NextPage = readonly [parameter: "after" | "cursor", value: string | number];

export function pageResponse(
  context: QueryContext,
  items: readonly object[],
  next: NextPage | null,
  servedFrom: ServedFrom,
): Response {
  const url = new URL(context.req.url);
  const self = link(url.pathname + url.search);
  if (next === null) return jsonAnswer({ items, _links: { self } }, 200, servedFrom);
  const [parameter, value] = next;
  // Everything else stays as it was asked for: the filters, the types, the limit.
  url.searchParams.set(parameter, String(value));
  return jsonAnswer({ items, _links: { self, next: link(url.pathname + url.search) } }, 200, servedFrom);
}
