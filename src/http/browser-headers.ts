// The headers that keep browsers from misusing an answer. Every Worker sets them on what it answers itself.

import type { Context } from "hono";
import { secureHeaders } from "hono/secure-headers";

/**
 * Set without a look at what is there, because each look costs as much as setting. Left out are those that only browsers
 * of long ago knew: Internet Explorer's X-Download-Options and X-XSS-Protection, and one of Flash.
 */
const setHeaders = secureHeaders({
  xFrameOptions: "DENY",
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  removePoweredBy: false,
});

const NOTHING_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** For an answer that is finished. Of what is no page, nothing is to be run or shown; a page brings a policy of its own. */
export async function protectBrowsers(context: Context): Promise<void> {
  await setHeaders(context, alreadyAnswered);
  const { headers } = context.res;
  if (!headers.has("Content-Security-Policy")) headers.set("Content-Security-Policy", NOTHING_POLICY);
}

/** The middleware sets its headers behind the answer. */
const alreadyAnswered = async (): Promise<void> => {};
