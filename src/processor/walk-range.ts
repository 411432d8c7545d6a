// One range of a walk: its accounts, each repaired or compared.

import { ACCOUNT_STATUSES } from "../account/account.ts";
import { readRangeNumbers } from "../views/accounts-view.ts";
import { compareStatusTotals, recountStatusTotals } from "../views/status-totals.ts";
import { accountsIn, registerAccounts } from "./directory.ts";
import type { ProcessorEnv } from "./env.ts";
import { repairOrPark } from "./repair-or-park.ts";
import { compare, type Difference } from "./verify.ts";
import { finishRange, type RangeMessage, readRange, type WalkRange } from "./walks.ts";

/** How many accounts of a range are dealt with side by side. */
const PARALLEL_ACCOUNTS = 10;

interface Found {
  readonly events: number;
  readonly differences: readonly Difference[];
}

/** Does a range that is not done yet. Rejects where a part does not answer: then it is to be done again. */
export async function walkRange(env: ProcessorEnv, message: RangeMessage): Promise<void> {
  const range = await readRange(env.OPERATIONS, message);
  if (range === null) return;
  // What is in a view and not in the directory is looked at too: it may have no log at all.
  const known = new Set(await accountsIn(env.OPERATIONS, range));
  const viewed = await readRangeNumbers(env.VIEWS, range.after, range.upTo);
  const accountNumbers = [...new Set([...known, ...viewed])];
  const found: Found[] = [];
  for (let start = 0; start < accountNumbers.length; start += PARALLEL_ACCOUNTS) {
    const side = accountNumbers.slice(start, start + PARALLEL_ACCOUNTS);
    found.push(...(await Promise.all(side.map((accountNumber) => walkAccount(env, range, accountNumber)))));
  }
  // Where the directory was lost, the views know whom it has to have.
  const withLog = accountNumbers.filter((_, index) => (found[index]?.events ?? 0) > 0);
  await registerAccounts(
    env.OPERATIONS,
    withLog.filter((accountNumber) => !known.has(accountNumber)),
  );
  const totals = range.upTo === null ? await walkTotals(env, range) : [];
  await finishRange(
    env.OPERATIONS,
    message,
    found.reduce((sum, { events }) => sum + events, 0),
    [...found.flatMap(({ differences }) => differences), ...totals],
  );
}

async function walkAccount(env: ProcessorEnv, range: WalkRange, accountNumber: string): Promise<Found> {
  if (range.kind === "rebuild") {
    const { version } = await repairOrPark(env, accountNumber, "start");
    return { events: version, differences: [] };
  }
  const { events, findings } = await compare(env, accountNumber);
  if (findings.length === 0) return { events, differences: [] };
  if (range.mends) await repairOrPark(env, accountNumber, "start");
  const left = range.mends ? (await compare(env, accountNumber)).findings : findings;
  const isLeft = (field: string): boolean => left.some((finding) => finding.field === field);
  return { events, differences: findings.map((finding) => ({ ...finding, mended: !isLeft(finding.field) })) };
}

async function walkTotals(env: ProcessorEnv, { kind, mends }: WalkRange): Promise<Difference[]> {
  const { totals, counted } = await compareStatusTotals(env.VIEWS);
  const findings = ACCOUNT_STATUSES.filter((status) => totals[status] !== counted[status]).map((status) => ({
    accountNumber: null,
    field: `total ${status}`,
    view: totals[status],
    log: counted[status],
  }));
  if (findings.length > 0 && mends) await recountStatusTotals(env.VIEWS);
  return kind === "rebuild" ? [] : findings.map((finding) => ({ ...finding, mended: mends }));
}
