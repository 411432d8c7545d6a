// What the operations routes take and answer, beside what the parts they speak of look like.

import * as z from "zod";
import { accountNumberSchema } from "../account/commands.ts";
import { linkSchema } from "../http/representations.ts";
import { differencePositionSchema } from "./differences.ts";
import { pageQuerySchema } from "./pages.ts";
import { parkedFilterSchema, parkedPositionSchema } from "./parking.ts";
import { walkPositionSchema } from "./walks.ts";

export const operationsRootSchema = z
  .object({
    _links: z.object({
      self: linkSchema,
      status: linkSchema,
      functions: linkSchema,
      parked: linkSchema,
      rebuilds: linkSchema,
      verifications: linkSchema,
      inbox: linkSchema,
      subscriptions: linkSchema,
    }),
  })
  .meta({ id: "OperationsRoot" });

export const rebuildBodySchema = z.strictObject({});
export const verificationBodySchema = z.strictObject({ repair: z.boolean().default(false) });

export const differencesQuerySchema = pageQuerySchema(differencePositionSchema);
export const parkedQuerySchema = pageQuerySchema(parkedPositionSchema).extend(parkedFilterSchema.shape);
export const walksQuerySchema = pageQuerySchema(walkPositionSchema);

export const replayedSchema = z
  .object({
    accountNumber: accountNumberSchema,
    version: z.int().nonnegative().describe("The version that the views are at"),
    parked: z.boolean().describe("Whether it is parked again"),
  })
  .meta({ id: "Replayed" });
