// The headers that keep browsers from misusing an answer. Every Worker has them on what it answers itself.

/**
 * Of what is no page, nothing is to be run or shown; a page brings a policy of its own. Left out are those that only browsers
 * of long ago knew: Internet Explorer's X-Download-Options and X-XSS-Protection, and one of Flash.
 */
export const BROWSER_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Origin-Agent-Cluster": "?1",
  "Referrer-Policy": "no-referrer",
  "Strict-Transport-Security": "max-age=15552000; includeSubDomains",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** No answer has this header from anywhere else. */
const MARK = "Strict-Transport-Security";

/** For an answer that is finished, and was not made with them (answers.ts). */
export function protectBrowsers(headers: Headers): void {
  if (headers.has(MARK)) return;
  for (const [name, value] of Object.entries(BROWSER_HEADERS)) {
    if (!headers.has(name)) headers.set(name, value);
  }
}
