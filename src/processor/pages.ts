// Pages of what an operator reads: what is asked for, after which place this one begins, and the link to the next.

import type { Context } from "hono";
import * as z from "zod";
import { type HttpEnv, ProblemError } from "../http/app.ts";
import { cursorAt, cursorParameter } from "../http/cursor.ts";
import { invalidParameters } from "../http/invalid-parts.ts";
import { invalidRequest } from "../http/problems.ts";
import { link, linkSchema } from "../http/representations.ts";
import type { ProcessorEnv } from "./env.ts";

export const pageLinksSchema = z.object({ self: linkSchema, next: linkSchema.optional() });

/** What a page takes: no limit, because a page is as large as one answer well can be. */
export function pageQuerySchema<Position>(positionSchema: z.ZodType<Position>) {
  return z.strictObject({ cursor: cursorParameter(positionSchema).optional() });
}

/** The parameters of a request, as the schema has them. */
export function readQuery<Query>({ req }: Context<HttpEnv<ProcessorEnv>>, schema: z.ZodType<Query>): Query {
  const query = schema.safeParse(req.query());
  if (!query.success) throw new ProblemError(invalidRequest(invalidParameters(query.error)));
  return query.data;
}

/** `next`: the place after which the next page begins; null where there is none. Whatever else was asked for stays. */
export function pageLinks(
  { req }: Context<HttpEnv<ProcessorEnv>>,
  next: readonly (string | number)[] | null,
): z.infer<typeof pageLinksSchema> {
  const { pathname, search, searchParams } = new URL(req.url);
  const self = link(pathname + search);
  if (next === null) return { self };
  searchParams.set("cursor", cursorAt(next));
  return { self, next: link(`${pathname}?${searchParams}`) };
}
