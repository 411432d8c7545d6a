// What a call can come to: a value, or a problem that says by its code what else it says.

import type { AccountStatus } from "../account/account.ts";
import type { InvalidPart, PROBLEMS, ProblemCode } from "../http/problems.ts";

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

interface Members {
  "invalid-request": { readonly errors: readonly InvalidPart[] };
  "version-not-found": { readonly currentVersion: number };
  "version-mismatch": { readonly currentVersion: number };
  "already-in-state": { readonly accountStatus: AccountStatus };
  "illegal-transition": { readonly accountStatus: AccountStatus; readonly legalCommands: readonly string[] };
}

type ServiceProblem = {
  readonly [Code in ProblemCode]: {
    readonly code: Code;
    readonly status: (typeof PROBLEMS)[Code]["status"];
    readonly title: string;
    readonly detail: string;
    /** The trace id: whoever runs the service finds the request by it. */
    readonly instance: string;
  } & (Code extends keyof Members ? Members[Code] : unknown);
}[ProblemCode];

/** Every problem of the service, and the two that a client meets on the way to it. */
export type Problem =
  | ServiceProblem
  /** No answer came, however often it was asked. A command may or may not have been applied. */
  | { readonly code: "unreachable"; readonly detail: string }
  /** Something answered that is not this service, or a newer one. */
  | { readonly code: "unexpected-answer"; readonly status: number; readonly detail: string };

/** Thrown where a value can't be given instead: in the middle of an iteration. */
export class ProblemFound extends Error {
  override readonly name = "ProblemFound";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.problem = problem;
  }
}
