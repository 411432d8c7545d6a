// The root of the API: links to whatever can be reached.

import { link } from "../http/representations.ts";
import type { QueryContext } from "./env.ts";
import { noParameters, readQuery } from "./parameters.ts";

/** A URI template (RFC 6570), as HAL has it. */
const template = (href: string) => ({ href, templated: true });

const ROOT = {
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
    health: link("/health"),
  },
};

export async function getRoot(context: QueryContext): Promise<Response> {
  readQuery(context, noParameters);
  return context.json(ROOT);
}
