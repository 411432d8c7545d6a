// The account as clients read it: the state that its events fold to. Names are fixed; clients exist for them.

import * as z from "zod";
import { accountNumberSchema, userIdSchema } from "./commands.ts";

export const ACCOUNT_STATUSES = [
  "ACCOUNT_PENDING",
  "ACCOUNT_CONFIRMED",
  "ACCOUNT_ACTIVE",
  "ACCOUNT_SUSPENDED",
  "ACCOUNT_ARCHIVED",
  "ACCOUNT_CLOSED",
] as const;

export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

export const accountSchema = z.object({
  createdAt: z.int().nonnegative().describe("Epoch milliseconds of the first event"),
  lastModified: z.int().nonnegative().describe("Epoch milliseconds of the newest event"),
  userId: userIdSchema,
  accountNumber: accountNumberSchema,
  defaultAccount: z.boolean().describe("Whether it is its owner's default account"),
  status: z.enum(ACCOUNT_STATUSES),
  version: z.int().positive().describe("Number of events in the log"),
});

export type Account = Readonly<z.infer<typeof accountSchema>>;
