// The parameters of a read, from the path and the query string. Whatever is not named here, or not canonical, is a 400.

import * as z from "zod";
import { accountNumberSchema, userIdSchema } from "../account/commands.ts";
import { ProblemError } from "../http/app.ts";
import { invalidParameters } from "../http/invalid-parts.ts";
import { invalidRequest } from "../http/problems.ts";
import type { QueryContext } from "./env.ts";

const textSchema = z.string("Give it once");

/** A number is written in one way only: "1e2", "+1" and "01" are none. */
const integerSchema = textSchema.regex(/^(0|[1-9][0-9]*)$/, "A whole number in digits").transform(Number);

/** In a URL everything is text; the contract says what the text stands for. */
const standsFor = (schema: z.ZodType): Pick<z.GlobalMeta, "override"> => ({
  override: ({ jsonSchema }) => {
    delete jsonSchema.type;
    delete jsonSchema.pattern;
    const { $schema: _, ...members } = z.toJSONSchema(schema);
    Object.assign(jsonSchema, members);
  },
});

function numberParameter(schema: z.ZodType<number, number>) {
  return integerSchema.pipe(schema).meta(standsFor(schema));
}

/** The default is a number, so it is of no use to what describes the text. */
function usually(schema: ReturnType<typeof numberParameter>, value: number) {
  return schema.default(value).meta({ override: { default: value } });
}

export const versionParameter = numberParameter(z.int().positive());
export const userIdParameter = numberParameter(userIdSchema);
/** Epoch milliseconds. */
export const timeParameter = numberParameter(z.int().nonnegative());
/** A version, or a position of the feed, 0 being before the first. */
export const placeParameter = numberParameter(z.int().nonnegative());
/** The version or the position after which a page begins. */
export const afterParameter = usually(placeParameter, 0);

export const flagParameter = textSchema
  .pipe(z.enum(["true", "false"]))
  .transform((text) => text === "true")
  .meta(standsFor(z.boolean()));

export function limitParameter(maximum: number, usual: number) {
  return usually(numberParameter(z.int().min(1).max(maximum)), usual);
}

/** For a read that takes none. */
export const noParameters = z.strictObject({});

export function readQuery<Schema extends z.ZodType>(context: QueryContext, schema: Schema): z.output<Schema> {
  const given = Object.entries(context.req.queries()).map(([name, values]) => [
    name,
    values.length === 1 ? values[0] : values,
  ]);
  return parse(schema, Object.fromEntries(given));
}

export function readPath<Schema extends z.ZodType>(context: QueryContext, schema: Schema): z.output<Schema> {
  return parse(schema, context.req.param());
}

const accountPathSchema = z.object({ accountNumber: accountNumberSchema });

export function readAccountNumber(context: QueryContext): string {
  return readPath(context, accountPathSchema).accountNumber;
}

function parse<Schema extends z.ZodType>(schema: Schema, values: unknown): z.output<Schema> {
  const parsed = schema.safeParse(values);
  if (!parsed.success) throw new ProblemError(invalidRequest(invalidParameters(parsed.error)));
  return parsed.data;
}
