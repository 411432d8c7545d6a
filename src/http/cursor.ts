// The cursor of a list: a place in its order, opaque to clients, so that the order may change without breaking them.

import { decodeBase64Url, encodeBase64Url } from "hono/utils/encode";
import * as z from "zod";

export function cursorAt(position: readonly (string | number)[]): string {
  return encodeBase64Url(new TextEncoder().encode(JSON.stringify(position)).buffer);
}

/** The parameter of a list whose places are what the schema says. */
export function cursorParameter<Position>(schema: z.ZodType<Position>) {
  return z.string("Give it once").transform((cursor, context): Position => {
    const position = schema.safeParse(decoded(cursor));
    if (position.success) return position.data;
    context.addIssue("A cursor is taken from the link to the next page, as it is");
    return z.NEVER;
  });
}

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(decodeBase64Url(cursor)));
  } catch {
    return undefined;
  }
}
