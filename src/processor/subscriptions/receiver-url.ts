// Where events may be sent: to a name on the internet over HTTPS; in local development also to this machine.

import * as z from "zod";
import { isLoopback } from "../../http/addresses.ts";

const MAX_URL_LENGTH = 2_000;

/** Names that lead nowhere but into somebody's own network. */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|home\.arpa)$/;
/** The URL parser has brought every way to write an address into one of these forms. */
const IP_ADDRESS = /^(\[.*\]|[0-9.]+)$/;

/**
 * A Worker has no way into a private network, but whoever runs these Workers elsewhere may have one: so addresses and
 * private names are refused, all of them, since a receiver that has a certificate has a name.
 */
export function receiverUrlSchema(loopbackAllowed: boolean) {
  return z
    .string()
    .max(MAX_URL_LENGTH)
    .transform((text, context): string => {
      const url = URL.canParse(text) ? new URL(text) : null;
      const wrong =
        url === null ? "An address, like https://example.com/events" : refusalOf(url, loopbackAllowed);
      if (url !== null && wrong === null) return url.href;
      context.addIssue(wrong ?? "");
      return z.NEVER;
    });
}

function refusalOf(url: URL, loopbackAllowed: boolean): string | null {
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  if (url.username !== "" || url.password !== "") return "No user name and no password";
  if (url.hash !== "") return "No fragment: it would never be sent";
  if (loopbackAllowed && isHttp && isLoopback(url.href)) return null;
  if (url.protocol !== "https:") return "HTTPS only";
  const name = url.hostname.replace(/\.$/, "");
  if (IP_ADDRESS.test(name)) return "A host name, not an IP address";
  if (!name.includes(".") || PRIVATE_NAME.test(name)) return "A host name that everybody knows";
  return null;
}
