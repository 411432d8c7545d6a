// What the list is narrowed to, as it stands in the address; "" is not at all.

import type { Problem } from "../../../client/problem.ts";
import { hrefWith } from "../../api/use-query.ts";

export interface Narrowed {
  /** One account alone: then the others are "". */
  readonly number: string;
  readonly user: string;
  readonly status: string;
  /** "true" or "false". */
  readonly default: string;
}

export const NOT_NARROWED: Narrowed = { number: "", user: "", status: "", default: "" };

export const isNarrowed = (narrowed: Narrowed): boolean =>
  Object.values(narrowed).some((value) => value !== "");

/** The page of the API's list. */
export function pageHref({ user, status, default: defaultAccount }: Narrowed, cursor: string): string {
  return hrefWith("/v1/accounts", { userId: user, status, defaultAccount, cursor });
}

/** The screen's own address of that page. */
export function listAddress(narrowed: Narrowed, cursor = ""): string {
  return hrefWith("/accounts", { ...narrowed, cursor });
}

/** What is wrong with a filter, by the API's name of it. */
export function filterError(problem: Problem | null, parameter: string): string | undefined {
  if (problem?.code !== "invalid-request") return undefined;
  return problem.errors.find((error) => "parameter" in error && error.parameter === parameter)?.detail;
}
