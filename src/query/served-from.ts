// Where an answer comes from: the views, which may be a moment behind, or an account's log itself.

export const FROM_VIEW = { "Served-From": "view" } as const;
export const FROM_LOG = { "Served-From": "log" } as const;

export type ServedFrom = typeof FROM_VIEW | typeof FROM_LOG;
