// The contract of the whole service: the parts' descriptions of themselves, joined. A part that changes is told anew.

import { CONTRACT_PATH } from "../http/contract-route.ts";
import { OWN_PATHS, OWN_SCHEMAS } from "./own-contract.ts";
import type { EdgeEnv, Part } from "./parts.ts";

/** A part that takes longer is not waited for. */
const PART_TIMEOUT_MS = 5_000;

type Members = Readonly<Record<string, unknown>>;

/** Null where a part does not answer. */
export async function joinContract({ COMMAND, QUERY, PROCESSOR }: EdgeEnv): Promise<object | null> {
  const parts = await Promise.all([COMMAND, QUERY, PROCESSOR].map(describe));
  const [first] = parts;
  if (first == null || parts.includes(null)) return null;
  const own: Members = { paths: OWN_PATHS, components: { schemas: OWN_SCHEMAS } };
  const all = [...parts, own];
  return {
    ...first,
    paths: byName(mergeEach(all.map((part) => membersOf(part?.paths)))),
    components: mergeEach(all.map((part) => membersOf(part?.components))),
  };
}

async function describe(part: Part): Promise<Members | null> {
  try {
    const request = new Request(`https://part${CONTRACT_PATH}`, {
      signal: AbortSignal.timeout(PART_TIMEOUT_MS),
    });
    const response = await part.fetch(request);
    return response.ok ? membersOf(await response.json()) : null;
  } catch {
    return null;
  }
}

/**
 * The members of each name that several have, in one: the methods of a path, the schemas of all parts. What parts share
 * comes from the same code; while one of them is a deploy ahead, the last that names something says what it is.
 */
function mergeEach(all: readonly Members[]): Members {
  const merged: Record<string, Members> = {};
  for (const members of all) {
    for (const [name, value] of Object.entries(members)) {
      merged[name] = { ...merged[name], ...membersOf(value) };
    }
  }
  return merged;
}

/** The same document whatever the order in which parts name their paths. */
function byName(paths: Members): Members {
  return Object.fromEntries(Object.entries(paths).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
