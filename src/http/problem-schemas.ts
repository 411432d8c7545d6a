// What each problem looks like to a client, as schemas: one for each code, so that a caller can tell them apart.

import * as z from "zod";
import { ACCOUNT_STATUSES } from "../account/account.ts";
import { PROBLEMS, type ProblemCode } from "./problems.ts";

const detail = z.string();
const invalidPartSchema = z.union([
  z.object({ pointer: z.string().describe("A JSON pointer (RFC 6901) into the body"), detail }),
  z.object({ parameter: z.string(), detail }),
  z.object({ header: z.string(), detail }),
]);
const currentVersion = z.int().nonnegative().describe("The version that the account is at");
const accountStatus = z.enum(ACCOUNT_STATUSES);

/** What a problem has beside the standard members. */
const MEMBERS: Partial<Record<ProblemCode, z.ZodRawShape>> = {
  "invalid-request": { errors: z.array(invalidPartSchema) },
  "version-not-found": { currentVersion },
  "version-mismatch": { currentVersion },
  "already-in-state": { accountStatus },
  "illegal-transition": { accountStatus, legalCommands: z.array(z.string()) },
};

function schemaOf(code: ProblemCode) {
  const { status, title } = PROBLEMS[code];
  return z
    .object({
      type: z.literal(`/problems/${code}`),
      title: z.string().meta({ examples: [title] }),
      status: z.literal(status),
      detail: z.string(),
      code: z.literal(code),
      instance: z.string().describe("The trace id of the request"),
      ...MEMBERS[code],
    })
    .meta({ id: `${pascalCase(code)}Problem` });
}

type ProblemSchema = ReturnType<typeof schemaOf>;

const schemas = new Map<ProblemCode, ProblemSchema>();

/** Always the same schema for a code: its name in the contract is taken once. */
function problemSchema(code: ProblemCode): ProblemSchema {
  const known = schemas.get(code) ?? schemaOf(code);
  schemas.set(code, known);
  return known;
}

/** One of these problems. */
export function anyProblemSchema(codes: readonly ProblemCode[]) {
  const [first, ...others] = [...new Set(codes)].map(problemSchema);
  if (first === undefined) throw new Error("No problem is named");
  return others.length === 0 ? first : z.discriminatedUnion("code", [first, ...others]);
}

export function pascalCase(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
