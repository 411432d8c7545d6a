// How the API's names are said to people.

import type { AccountStatus } from "../../account/account.ts";
import type { AccountEventType } from "../../account/events.ts";

export const STATUSES: readonly AccountStatus[] = [
  "ACCOUNT_PENDING",
  "ACCOUNT_CONFIRMED",
  "ACCOUNT_ACTIVE",
  "ACCOUNT_SUSPENDED",
  "ACCOUNT_ARCHIVED",
  "ACCOUNT_CLOSED",
];

/** A record of all of them, so that none is forgotten. */
const EVERY_TYPE: Readonly<Record<AccountEventType, true>> = {
  ACCOUNT_CREATED: true,
  ACCOUNT_CONFIRMED: true,
  ACCOUNT_ACTIVATED: true,
  ACCOUNT_SUSPENDED: true,
  ACCOUNT_ARCHIVED: true,
  ACCOUNT_CLOSED: true,
  ACCOUNT_MADE_DEFAULT: true,
  ACCOUNT_DEFAULT_CLEARED: true,
};

export const EVENT_TYPES: readonly string[] = Object.keys(EVERY_TYPE);

/** ACCOUNT_MADE_DEFAULT: "Made default". Names that are not known yet are said alike. */
export function wordsOf(name: string): string {
  const words = name
    .replace(/^ACCOUNT_/, "")
    .replace(/[_-]/g, " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const NUMBER = new Intl.NumberFormat();

export const numberWords = (value: number): string => NUMBER.format(value);

/** `plural(1, "account")`: "1 account". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${numberWords(count)} ${count === 1 ? one : many}`;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A length of time: "85 ms", "2.4 s", "3 min". */
export function durationWords(milliseconds: number): string {
  if (milliseconds < SECOND_MS) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < MINUTE_MS) return `${(milliseconds / SECOND_MS).toFixed(1)} s`;
  if (milliseconds < HOUR_MS) return `${Math.round(milliseconds / MINUTE_MS)} min`;
  if (milliseconds < DAY_MS) return `${Math.round(milliseconds / HOUR_MS)} h`;
  return plural(Math.round(milliseconds / DAY_MS), "day");
}
