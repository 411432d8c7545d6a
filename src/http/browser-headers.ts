// The headers that keep browsers from misusing an answer. Every Worker has them on what it answers itself.

/**
 * On every answer. Of what is no page, nothing is to be run or shown, in no frame either; a page brings a policy of its own.
 */
export const BROWSER_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "Strict-Transport-Security": "max-age=15552000; includeSubDomains",
  "X-Content-Type-Options": "nosniff",
};

/**
 * Of a page and its files: they say how browsers keep a document to itself, of which an answer to a program is none. Left out are
 * those that only browsers of long ago knew: Internet Explorer's X-Download-Options and X-XSS-Protection, and one of Flash.
 */
const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Origin-Agent-Cluster": "?1",
  "X-Frame-Options": "DENY",
};

/** No answer has this header from anywhere else. */
const MARK = "Strict-Transport-Security";

/** For an answer that is finished, and was not made for a program (answers.ts): the latter has them from the start. */
export function protectBrowsers(headers: Headers): void {
  if (headers.has(MARK)) return;
  for (const [name, value] of Object.entries({ ...BROWSER_HEADERS, ...PAGE_HEADERS })) {
    if (!headers.has(name)) headers.set(name, value);
  }
}
