// What an address says of who can be at its other end.

/** As it nearly always comes: seen without parsing. */
const PLAIN_LOOPBACK = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/|$)/;

/** A host name of this very machine. The URL parser writes each form of an IPv4 address as four decimal numbers. */
export function isLoopback(address: string): boolean {
  if (PLAIN_LOOPBACK.test(address)) return true;
  const host = URL.parse(address)?.hostname ?? "";
  return host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}

/** Whether nobody on the way can read or change what is fetched from there. */
export function isPrivate(address: string): boolean {
  const protocol = URL.parse(address)?.protocol;
  return protocol === "https:" || (protocol === "http:" && isLoopback(address));
}
