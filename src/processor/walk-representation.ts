// How a walk looks to an operator: how far it is, how fast it goes, and what a verification found.

import * as z from "zod";
import { link, linkSchema } from "../http/representations.ts";
import { differenceSchema } from "./differences.ts";
import { pageLinksSchema } from "./pages.ts";
import type { ListedWalk, Walk, WalkKind } from "./walks.ts";

export const WALK_PATHS: Readonly<Record<WalkKind, string>> = {
  rebuild: "/v1/operations/rebuilds",
  verification: "/v1/operations/verifications",
};

/** Below a walk's path. */
export const DIFFERENCES = "differences";

export const walkHref = (kind: WalkKind, id: string): string => `${WALK_PATHS[kind]}/${id}`;

export const rebuildSchema = z
  .object({
    id: z.string(),
    startedAt: z.int().describe("Epoch milliseconds"),
    finishedAt: z.int().nullable().describe("Epoch milliseconds; null while it goes on"),
    total: z.int().nonnegative().describe("Accounts"),
    done: z.int().nonnegative().describe("Accounts"),
    events: z.int().nonnegative().describe("Events of the accounts that are done"),
    status: z.enum(["running", "done"]),
    eventsPerSecond: z.int().nonnegative(),
    secondsLeft: z.int().nullable().describe("Null while nothing is done"),
    found: z.int().nonnegative().describe("Differences; in a rebuild, accounts that had to be parked"),
    mended: z.int().nonnegative(),
    differences: z.array(differenceSchema).describe("The first so many of them; the link leads to all"),
    _links: z.object({ self: linkSchema, differences: linkSchema }),
  })
  .meta({ id: "Rebuild" });

export const verificationSchema = rebuildSchema
  .extend({ repair: z.boolean().describe("Whether it mends what differs") })
  .meta({ id: "Verification" });

const listed = {
  id: true,
  startedAt: true,
  finishedAt: true,
  status: true,
  found: true,
  mended: true,
} as const;
const listedLinks = { _links: z.object({ self: linkSchema }) };

export const rebuildListSchema = z
  .object({ items: z.array(rebuildSchema.pick(listed).extend(listedLinks)), _links: pageLinksSchema })
  .meta({ id: "RebuildList" });

export const verificationListSchema = z
  .object({
    items: z.array(verificationSchema.pick({ ...listed, repair: true }).extend(listedLinks)),
    _links: pageLinksSchema,
  })
  .meta({ id: "VerificationList" });

export const differencesPageSchema = z
  .object({ items: z.array(differenceSchema), _links: pageLinksSchema })
  .meta({ id: "DifferencesPage" });

type WalkListItem =
  | z.infer<typeof rebuildListSchema>["items"][number]
  | z.infer<typeof verificationListSchema>["items"][number];

/** How far it is, its own address says. */
export function walkListItem({ kind, mends, ...members }: ListedWalk): WalkListItem {
  return {
    ...members,
    status: statusOf(members),
    ...(kind === "verification" ? { repair: mends } : {}),
    _links: { self: link(walkHref(kind, members.id)) },
  };
}

const statusOf = ({ finishedAt }: Pick<Walk, "finishedAt">) => (finishedAt === null ? "running" : "done");

type WalkRepresentation = z.infer<typeof rebuildSchema> | z.infer<typeof verificationSchema>;

export function walkRepresentation(walk: Walk): WalkRepresentation {
  const { kind, mends, finishedAt, differences, ...members } = walk;
  const seconds = Math.max(((finishedAt ?? Date.now()) - walk.startedAt) / 1000, 0.001);
  const perSecond = walk.done / seconds;
  return {
    ...members,
    finishedAt,
    status: statusOf(walk),
    eventsPerSecond: Math.round(walk.events / seconds),
    secondsLeft: walk.done === 0 ? null : Math.round((walk.total - walk.done) / perSecond),
    differences: [...differences],
    ...(kind === "verification" ? { repair: mends } : {}),
    _links: {
      self: link(walkHref(kind, walk.id)),
      differences: link(`${walkHref(kind, walk.id)}/${DIFFERENCES}`),
    },
  };
}
