// Where the inbox's events are read. It names what an event of another service caused, too.

export const INBOX_HREF = "/v1/inbox";

/** Never to be taken for the id of an account's event, which has no slash. */
export const inboxEventHref = (number: number): string => `${INBOX_HREF}/${number}`;
