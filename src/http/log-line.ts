// One line of JSON for each thing done: what an operator searches, by account, trace or version. Never a token or a body.

export function logLine(what: string, members: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify({ what, ...members }));
}
