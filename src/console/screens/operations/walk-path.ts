// Where the console shows a rebuild or a verification, by the link that the API gives.

/** "/v1/operations/rebuilds/1" is shown at "/operations/rebuilds/1". */
export const walkPath = (href: string): string => href.replace(/^\/v1/, "");
