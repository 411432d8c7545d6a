// What other services tell of users, whom they own: that there is one, and that one has left.

import * as z from "zod";
import { userIdSchema } from "../account/commands.ts";
import type { CloudEvent, Finding } from "./cloud-events.ts";
import type { ProcessorEnv } from "./env.ts";

const DEFAULT_CREATED_TYPES = "user.created";
const DEFAULT_DELETED_TYPES = "user.deleted";

/** How the service that owns users names what it tells: comma lists, where the usual names are not its own. */
type UserTypes = Pick<ProcessorEnv, "USER_CREATED_TYPES" | "USER_DELETED_TYPES">;

/** What a user event comes to for the users view; null for an event of another type. */
export function userStateOf(env: UserTypes, { type }: CloudEvent): "known" | "departed" | null {
  if (namesIn(env.USER_DELETED_TYPES ?? DEFAULT_DELETED_TYPES).includes(type)) return "departed";
  if (namesIn(env.USER_CREATED_TYPES ?? DEFAULT_CREATED_TYPES).includes(type)) return "known";
  return null;
}

function namesIn(list: string): string[] {
  return list.split(",").map((name) => name.trim());
}

const subjectSchema = z
  .string()
  .regex(/^[1-9]\d*$/)
  .transform(Number)
  .pipe(userIdSchema);
const dataSchema = z.object({ userId: z.unknown().optional() });

/** The user's id, or why it can't be told: `subject` and `data.userId` say it, or one of them; they never disagree. */
export function userIdOf({ subject, data }: CloudEvent): number | Finding {
  const told = dataSchema.safeParse(data).data?.userId;
  const inData = told === undefined ? undefined : userIdSchema.safeParse(told).data;
  const inSubject = subject === undefined ? undefined : subjectSchema.safeParse(subject).data;
  if (told !== undefined && inData === undefined) {
    return { path: ["data", "userId"], detail: "A user's id, a positive whole number" };
  }
  if (subject !== undefined && inSubject === undefined) {
    return { path: ["subject"], detail: "A user's id, a positive whole number in digits" };
  }
  if (inData !== undefined && inSubject !== undefined && inData !== inSubject) {
    return { path: ["data", "userId"], detail: "Another user than the subject" };
  }
  return inSubject ?? inData ?? { path: ["subject"], detail: "The user's id, here or in data.userId" };
}
