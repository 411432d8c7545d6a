// Scopes: what a route asks of its caller, and whose accounts there are for them.

import type { Context, MiddlewareHandler } from "hono";
import { userIdSchema } from "../account/commands.ts";
import { type HttpEnv, ProblemError } from "./app.ts";
import type { Scope } from "./caller.ts";
import { forbidden } from "./problems.ts";

/**
 * Lets in who has one of the scopes, 403 for others. Who has `accounts:self` alone of them is a user, by their subject,
 * and `ownerOf` tells whose accounts the route is to know.
 */
export function requireScope(...scopes: readonly [Scope, ...Scope[]]): MiddlewareHandler<HttpEnv<object>> {
  return async (context, next) => {
    const granted = scopes.filter((scope) => context.get("caller").scopes.includes(scope));
    if (granted.length === 0) {
      throw new ProblemError(forbidden(`This takes the scope ${scopes.join(" or ")}`, scopes));
    }
    const wide = granted.some((scope) => scope !== "accounts:self");
    context.set("owner", wide ? null : userIdIn(context.get("caller").subject));
    await next();
  };
}

/** The only user whose accounts exist for the caller; null where all do. */
export function ownerOf<Bindings extends object>(context: Context<HttpEnv<Bindings>>): number | null {
  const owner = context.get("owner");
  if (owner === undefined) throw new Error(`${context.req.path} asks for no scope`);
  return owner;
}

function userIdIn(subject: string): number {
  const userId = userIdSchema.safeParse(/^[1-9][0-9]*$/.test(subject) ? Number(subject) : null);
  if (!userId.success) throw new ProblemError(forbidden("The token's subject is no user id", []));
  return userId.data;
}
