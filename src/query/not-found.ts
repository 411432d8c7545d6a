// What a read throws where there is no such account, or no such version of it.

import { ProblemError } from "../http/app.ts";
import { refusalProblem } from "../http/problems.ts";

export function accountNotFound(): ProblemError {
  return new ProblemError(refusalProblem({ code: "account-not-found" }));
}

export function versionNotFound(currentVersion: number): ProblemError {
  return new ProblemError({
    code: "version-not-found",
    detail: `The account has versions 1 to ${currentVersion}`,
    members: { currentVersion },
  });
}
