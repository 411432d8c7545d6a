// Pages of a list: the console's address of a page carries what the API's carries, whatever that is.

interface Links {
  readonly self: { readonly href: string };
  /** Where there is a next page, and the list has pages at all. */
  readonly next?: { readonly href: string };
}

/** The console's address of the next page; null where there is none. */
export function nextPage(path: string, { next }: Links): string | null {
  return next === undefined ? null : path + new URL(next.href, location.origin).search;
}
