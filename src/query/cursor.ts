// The cursor of a list: a place in its order, opaque to clients, so that the order may change without breaking them.

import { decodeBase64Url, encodeBase64Url } from "hono/utils/encode";
import * as z from "zod";
import { accountNumberSchema } from "../account/commands.ts";
import type { ListPosition } from "../views/account-list.ts";

const positionSchema = z.tuple([z.int().nonnegative(), accountNumberSchema]);

export function cursorAt({ createdAt, accountNumber }: ListPosition): string {
  const position: z.infer<typeof positionSchema> = [createdAt, accountNumber];
  return encodeBase64Url(new TextEncoder().encode(JSON.stringify(position)).buffer);
}

export const cursorParameter = z.string("Give it once").transform((cursor, context): ListPosition => {
  const position = positionSchema.safeParse(decoded(cursor));
  if (!position.success) {
    context.addIssue("A cursor is taken from the link to the next page, as it is");
    return z.NEVER;
  }
  const [createdAt, accountNumber] = position.data;
  return { createdAt, accountNumber };
});

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(decodeBase64Url(cursor)));
  } catch {
    return undefined;
  }
}
