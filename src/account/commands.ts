// The commands an account takes, and the shapes in which they are accepted. Whatever a shape does not name is refused.

import * as z from "zod";

/** Longest reason, in Unicode code points. */
const MAX_REASON_CODE_POINTS = 500;

export const ACCOUNT_NUMBER_RULE = "1 to 34 letters, digits or hyphens";

export const accountNumberSchema = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,34}$/, ACCOUNT_NUMBER_RULE)
  .meta({ description: ACCOUNT_NUMBER_RULE, examples: ["123456"] });

export const userIdSchema = z
  .int()
  .positive()
  .meta({ description: "The owner, an id of another bounded context", examples: [1] });

const reasonSchema = z
  .string()
  .refine((reason) => {
    const codePoints = [...reason].length;
    return codePoints >= 1 && codePoints <= MAX_REASON_CODE_POINTS;
  }, `1 to ${MAX_REASON_CODE_POINTS} characters`)
  // A lone surrogate has no UTF-8 form, so it could not be given back as it came.
  .refine((reason) => reason.isWellFormed(), "well-formed Unicode")
  // JSON Schema counts code points, too.
  .meta({ minLength: 1, maxLength: MAX_REASON_CODE_POINTS, examples: ["chargeback"] });

/** A command that takes nothing beside the account number. */
function bare<const Type extends string>(type: Type) {
  return z.strictObject({}).transform((): { readonly type: Type } => ({ type }));
}

function withReason<const Type extends string>(type: Type) {
  return z
    .strictObject({ reason: reasonSchema.optional() })
    .transform(({ reason }): { readonly type: Type; readonly reason?: string } =>
      reason === undefined ? { type } : { type, reason },
    );
}

// An idempotency key remembers the command as it comes out of its schema: a member that is added to a command is to be
// optional and without a default, or keys from before it belong to other requests.

export const createSchema = z
  .strictObject({
    userId: userIdSchema,
    defaultAccount: z.boolean().default(false).describe("Whether it becomes its owner's default account"),
  })
  .transform((members) => ({ type: "create" as const, ...members }));

/** Each command but `create`: from the members that a client sends to the command. A new command starts here. */
export const TRANSITION_SCHEMAS = {
  confirm: bare("confirm"),
  activate: bare("activate"),
  suspend: withReason("suspend"),
  archive: withReason("archive"),
  close: withReason("close"),
  "make-default": bare("make-default"),
  "clear-default": bare("clear-default"),
} as const;

export type TransitionName = keyof typeof TRANSITION_SCHEMAS;

export const TRANSITION_NAMES = Object.keys(TRANSITION_SCHEMAS) as readonly TransitionName[];

export type AccountCommand = Readonly<
  z.output<typeof createSchema> | z.output<(typeof TRANSITION_SCHEMAS)[TransitionName]>
>;

export function isTransitionName(name: string): name is TransitionName {
  return Object.hasOwn(TRANSITION_SCHEMAS, name);
}
