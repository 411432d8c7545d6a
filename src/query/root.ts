// The root of the API: links to whatever can be reached.

import * as z from "zod";
import { jsonAnswer } from "../http/answers.ts";
import { link, linkSchema } from "../http/representations.ts";
import type { QueryContext } from "./env.ts";
import { noParameters, readQuery } from "./parameters.ts";

/** A URI template (RFC 6570), as HAL has it. */
const template = (href: string) => ({ href, templated: true as const });

const templateSchema = linkSchema.extend({ templated: z.literal(true) }).meta({ id: "LinkTemplate" });

export const rootSchema = z
  .object({
    _links: z.object({
      self: linkSchema,
      accounts: linkSchema,
      account: templateSchema,
      "user-accounts": templateSchema,
      commands: linkSchema,
      feed: linkSchema,
      "status-totals": linkSchema,
      operations: linkSchema,
      subscriptions: linkSchema,
      inbox: linkSchema,
      map: linkSchema,
      health: linkSchema,
      about: linkSchema,
      openapi: linkSchema,
      asyncapi: linkSchema,
      docs: linkSchema,
    }),
  })
  .meta({ id: "Root" });

const ROOT: z.infer<typeof rootSchema> = {
  _links: {
    self: link("/v1"),
    accounts: link("/v1/accounts"),
    account: template("/v1/accounts/{accountNumber}"),
    "user-accounts": template("/v1/users/{userId}/accounts"),
    commands: link("/v1/commands"),
    feed: link("/v1/feed"),
    "status-totals": link("/v1/status-totals"),
    inbox: link("/v1/inbox"),
    operations: link("/v1/operations"),
    subscriptions: link("/v1/subscriptions"),
    map: link("/v1/map"),
    health: link("/health"),
    about: link("/"),
    openapi: link("/openapi.json"),
    asyncapi: link("/asyncapi.json"),
    docs: link("/docs"),
  },
};

export async function getRoot(context: QueryContext): Promise<Response> {
  readQuery(context, noParameters);
  return jsonAnswer(ROOT);
}
