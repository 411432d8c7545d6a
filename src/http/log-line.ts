// One line of JSON for each thing done: what an operator searches, by account, trace or version. Never a token or a body.

export function logLine(what: string, members: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify({ what, ...members }));
}

/** The same of what went wrong, with the error as it is: it is for whoever runs the service. */
export function logFailure(what: string, members: Readonly<Record<string, unknown>>, error: unknown): void {
  console.error(JSON.stringify({ what, ...members, error: describe(error) }));
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `; ${describe(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
