// From what zod found wrong to the parts that a 400 names.

import * as z from "zod";
import type { InvalidPart } from "./problems.ts";

/** At most so many parts are named: a body of nonsense is no reason for an answer of nonsense. */
export const MAX_INVALID_PARTS = 20;

/** How JSON's types are said, where zod would say its own. */
const TYPES: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "an array",
  object: "an object",
  record: "an object",
};

z.config({
  customError(issue) {
    if (issue.code !== "invalid_type") return undefined;
    return issue.input === undefined ? "Required" : `Expected ${TYPES[issue.expected] ?? issue.expected}`;
  },
});

/** Pointers into the body (RFC 6901); an unknown key is pointed at itself. */
export function invalidMembers(error: z.ZodError): InvalidPart[] {
  return findings(error).map(({ path, detail }) => ({ pointer: pointerOf(path), detail }));
}

export function invalidParameters(error: z.ZodError): InvalidPart[] {
  return findings(error).map(({ path, detail }) => ({ parameter: path.map(String).join("."), detail }));
}

interface Finding {
  readonly path: readonly PropertyKey[];
  readonly detail: string;
}

function findings(error: z.ZodError): Finding[] {
  return error.issues
    .flatMap((issue): Finding[] =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => ({ path: [...issue.path, key], detail: "Unknown here" }))
        : [{ path: issue.path, detail: issue.message }],
    )
    .slice(0, MAX_INVALID_PARTS);
}

/** A JSON pointer. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
