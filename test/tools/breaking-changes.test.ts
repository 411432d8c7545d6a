import { describe, expect, it } from "vitest";
import { breakingChanges } from "../../src/tools/breaking-changes.ts";

interface Parts {
  readonly body?: object;
  readonly answer?: object;
  readonly operation?: object;
  readonly parameters?: readonly object[];
}

/** A document with one operation, and a schema that it names. */
const document = ({ body = {}, answer = {}, operation = {}, parameters = [] }: Parts = {}) => ({
  paths: {
    "/things": {
      post: {
        operationId: "make",
        parameters,
        requestBody: { content: { "application/json": { schema: body } } },
        responses: {
          200: {
            headers: { ETag: { required: true } },
            content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } },
          },
          409: { content: { "application/problem+json": { schema: { enum: ["a"] } } } },
        },
        ...operation,
      },
    },
  },
  components: { schemas: { Thing: answer } },
});

const sent = (before: object, after: object) =>
  breakingChanges(document({ body: before }), document({ body: after }));
const got = (before: object, after: object) =>
  breakingChanges(document({ answer: before }), document({ answer: after }));
const object = (properties: object, required: string[] = [], rest: object = {}) => ({
  type: "object",
  properties,
  required,
  ...rest,
});
const text = { type: "string" };

describe("a change breaks clients", () => {
  it("where a path or a method is gone, or called otherwise", () => {
    expect(breakingChanges(document(), { paths: {} })).toEqual(["POST /things is gone"]);
    expect(breakingChanges(document(), { paths: { "/things": { get: {} } } })).toEqual([
      "POST /things is gone",
    ]);
    expect(breakingChanges(document(), document({ operation: { operationId: "do" } }))).toHaveLength(1);
    expect(breakingChanges(document(), document({ operation: { security: [{ bearer: [] }] } }))).toHaveLength(
      1,
    );
  });

  it("where an answer, its media type or a header is gone", () => {
    const without = (responses: object) =>
      breakingChanges(document(), document({ operation: { responses } }));
    expect(without({ 200: document().paths["/things"].post.responses[200] })).toEqual([
      "POST /things answers 409 no more",
    ]);
    expect(without({ 200: { headers: { ETag: {} } }, 409: {} })).toEqual([
      "POST /things 200 has ETag not always any more",
      "POST /things 200 is application/json no more",
      "POST /things 409 is application/problem+json no more",
    ]);
  });

  it("where a parameter is gone, required or narrower", () => {
    const limit = { in: "query", name: "limit", schema: { type: "integer", maximum: 10 } };
    const change = (before: object[], after: object[]) =>
      breakingChanges(document({ parameters: before }), document({ parameters: after }));
    expect(change([limit], [])).toEqual(["POST /things takes query limit no more"]);
    expect(change([], [{ ...limit, required: true }])).toEqual(["POST /things requires query limit"]);
    expect(change([limit], [{ ...limit, required: true }])).toEqual(["POST /things requires query limit"]);
    expect(change([limit], [{ ...limit, schema: { type: "integer", maximum: 9 } }])).toHaveLength(1);
    expect(change([limit], [limit, { ...limit, name: "cursor" }])).toEqual([]);
  });

  it("where what is sent is narrower", () => {
    expect(sent(object({ a: text }), object({ a: text }, ["a"]))).toEqual([
      "POST /things body/a is required",
    ]);
    expect(sent(object({ a: text }), object({}, [], { additionalProperties: false }))).toHaveLength(2);
    expect(sent({ enum: ["a", "b"] }, { enum: ["a"] })).toHaveLength(1);
    expect(sent(text, { type: "integer" })).toHaveLength(1);
    expect(sent({ type: ["string", "null"] }, text)).toHaveLength(1);
    expect(sent({}, text)).toHaveLength(1);
    expect(sent(text, { ...text, pattern: "x" })).toHaveLength(1);
    expect(sent(text, { ...text, minLength: 1 })).toHaveLength(1);
    expect(sent({ type: "array", items: text }, { type: "array", items: { type: "integer" } })).toHaveLength(
      1,
    );
    expect(sent({ oneOf: [text, { $ref: "#/components/schemas/Thing" }] }, { oneOf: [text] })).toHaveLength(
      1,
    );
    const optional = { operation: { requestBody: { required: true, content: {} } } };
    expect(breakingChanges(document({ operation: { requestBody: {} } }), document(optional))).toHaveLength(1);
  });

  it("where what is got is wider, or lacks something", () => {
    expect(got(object({ a: text }), object({}))).toEqual(["POST /things 200/a is gone"]);
    expect(got(object({ a: text }, ["a"]), object({ a: text }))).toHaveLength(1);
    expect(got({ enum: ["a"] }, { enum: ["a", "b"] })).toHaveLength(1);
    expect(got({ const: 1 }, { type: "integer" })).toHaveLength(1);
    expect(got(text, { type: ["string", "null"] })).toHaveLength(1);
    expect(
      got(object({ a: object({ b: text }) }), object({ a: object({ b: { type: "integer" } }) })),
    ).toEqual(['POST /things 200/a/b: type "string" is "integer" now']);
    const union = (...names: string[]) => ({
      anyOf: names.map((name) => ({ $ref: `#/components/schemas/${name}` })),
    });
    expect(got(union("A"), union("A", "B"))).toEqual(["POST /things 200: B is a new thing to get"]);
  });
});

describe("a change breaks nobody", () => {
  it("where there is more to ask for and to get, or nothing changed", () => {
    expect(breakingChanges({}, document())).toEqual([]);
    expect(breakingChanges(document(), document())).toEqual([]);
    const more = document({
      operation: { responses: { ...document().paths["/things"].post.responses, 429: {} } },
    });
    expect(breakingChanges(document(), more)).toEqual([]);
  });

  it("where more may be sent", () => {
    expect(sent(object({ a: text }, ["a"]), object({ a: text, b: text }))).toEqual([]);
    expect(sent({ enum: ["a"] }, { enum: ["a", "b"] })).toEqual([]);
    expect(sent({ ...text, maxLength: 1 }, { ...text, maxLength: 2 })).toEqual([]);
    expect(sent(text, { type: ["string", "null"] })).toEqual([]);
  });

  it("where more is got, or less of what there may be", () => {
    expect(got(object({ a: text }), object({ a: text, b: text }, ["a", "b"]))).toEqual([]);
    expect(got({ enum: ["a", "b"] }, { enum: ["a"] })).toEqual([]);
    expect(got({ type: ["string", "null"] }, text)).toEqual([]);
  });

  it("where a schema speaks of itself", () => {
    const self = object({ a: { $ref: "#/components/schemas/Thing" } });
    expect(got(self, self)).toEqual([]);
  });
});
