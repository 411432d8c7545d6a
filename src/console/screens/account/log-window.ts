// Which part of a log is shown. Versions are dense and pages begin at fixed ones, so a page's address stays true for ever.

/** Events of versions above `after`, up to `upTo`. */
export interface LogWindow {
  readonly after: number;
  readonly upTo: number;
}

const EVENTS_ON_A_PAGE = 50;

/** Versions 1 to 50 are page 1. */
export const pageOf = (version: number): number => Math.ceil(version / EVENTS_ON_A_PAGE);

/** Without a page, the newest two: so the newest are never few, and what comes moves along by whole pages. */
export function windowOf(newest: number, page: number | null): LogWindow {
  const last = pageOf(newest);
  if (page === null) return { after: Math.max(0, last - 2) * EVENTS_ON_A_PAGE, upTo: newest };
  return { after: (page - 1) * EVENTS_ON_A_PAGE, upTo: Math.min(page * EVENTS_ON_A_PAGE, newest) };
}

/** The page that was asked for; else the one that one travels in, where the newest do not show it. Null is the newest. */
export function pageShown(newest: number, asked: number | null, version: number): number | null {
  if (asked !== null) return Math.min(asked, pageOf(newest));
  return version > windowOf(newest, null).after ? null : pageOf(version);
}

/** A positive whole number from an address; null where it says none. */
export function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}
