// Where people sign in at the test's issuer: who they say they are is believed, and they may do what they say.

import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { KoaContextWithOIDC, Provider } from "oidc-provider";

export const CONSOLE_CLIENT_ID = "console";
export const INTERACTION_PATH = "/interaction/";

/** Answers whether the request was for this page. */
export function signInPage(provider: Provider) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (request.url?.startsWith(INTERACTION_PATH) !== true) return false;
    if (request.method === "POST") await signIn(provider, request, response);
    else response.setHeader("Content-Type", "text/html; charset=utf-8").end(PAGE);
    return true;
  };
}

async function signIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = new URLSearchParams(await text(request));
  if (form.has("refuse")) {
    const refused = { error: "access_denied", error_description: "You did not let the console in" };
    return provider.interactionFinished(request, response, refused);
  }
  const accountId = form.get("name") ?? "";
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId, clientId: String(params.client_id) });
  grant.addOIDCScope("openid profile offline_access");
  const granted = form.get("scope") ?? "";
  const refused = String(params.scope)
    .split(" ")
    .filter((scope) => !granted.split(" ").includes(scope));
  grant.addResourceScope(String(params.resource), granted);
  // Else the provider would ask for them again.
  grant.rejectResourceScope(String(params.resource), refused.join(" "));
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { login: { accountId }, consent });
}

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The test's issuer</title>
<link rel="icon" href="data:,">
<form method="post">
<label>Name <input name="name"></label>
<label>Scope <input name="scope" value="accounts:read accounts:write accounts:operate"></label>
<button>Sign in</button>
<button name="refuse">Refuse</button>
</form>
`;

/** `form` is the provider's own, without a button. */
export function signOutPage(context: KoaContextWithOIDC, form: string): void {
  context.body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The test's issuer</title>
<link rel="icon" href="data:,">
${form}
<button form="op.logoutForm" name="logout" value="yes">Sign out</button>
`;
}
