// What the edge answers by itself, described for its clients: health, and the documents.

const unavailable = {
  description: "`unavailable`: a part of the service can't say what it answers",
  headers: { "Retry-After": { schema: { type: "string" }, description: "Seconds after which to try again" } },
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/UnavailableProblem" } } },
};
const otherMethod = {
  description: "`method-not-allowed`: another method than GET and HEAD",
  headers: {
    Allow: { required: true, schema: { type: "string" }, description: "The methods that the path takes" },
  },
  content: {
    "application/problem+json": { schema: { $ref: "#/components/schemas/MethodNotAllowedProblem" } },
  },
};
const partHealth = { type: "string", description: "`ok`, or what is wrong" };
const health = {
  type: "object",
  properties: {
    status: { type: "string", enum: ["ok", "degraded"] },
    parts: {
      type: "object",
      properties: { command: partHealth, query: partHealth, processor: partHealth },
      required: ["command", "query", "processor"],
    },
  },
  required: ["status", "parts"],
};
const document = (name: string) => ({
  description: `The ${name} document`,
  content: { "application/json": { schema: { type: "object", additionalProperties: true } } },
});
const page = (description: string) => ({
  description,
  content: { "text/html": { schema: { type: "string" } } },
});

/** Open to everyone: no operation here asks for a token. */
const open = { tags: ["Service"], security: [] };

export const OWN_PATHS = {
  "/": {
    get: {
      ...open,
      operationId: "getStartPage",
      summary: "The console",
      description: "For people. Its screens have further addresses; what it does, it does by this API.",
      responses: { 200: page("The console"), 405: otherMethod },
    },
  },
  "/health": {
    get: {
      ...open,
      operationId: "getHealth",
      summary: "See whether each part of the service answers",
      description: "For whoever watches the service.",
      responses: {
        200: {
          description: "Each part answers",
          content: { "application/json": { schema: { $ref: "#/components/schemas/Health" } } },
        },
        405: otherMethod,
        503: {
          description: "One does not, or not well",
          content: { "application/json": { schema: { $ref: "#/components/schemas/Health" } } },
        },
      },
    },
  },
  "/openapi.json": {
    get: {
      ...open,
      operationId: "getOpenApi",
      summary: "This document",
      description: "OpenAPI 3.1, joined from what each part of the service says of itself.",
      responses: { 200: document("OpenAPI"), 405: otherMethod, 503: unavailable },
    },
  },
  "/asyncapi.json": {
    get: {
      ...open,
      operationId: "getAsyncApi",
      summary: "The events",
      description: "AsyncAPI 3: every type of event, for whoever follows the feed.",
      responses: { 200: document("AsyncAPI"), 405: otherMethod, 503: unavailable },
    },
  },
  "/docs": {
    get: {
      ...open,
      operationId: "getDocs",
      summary: "This document, for people",
      description: "A page that shows the API and lets you try it. It loads nothing from elsewhere.",
      responses: { 200: page("The page"), 405: otherMethod },
    },
  },
};

export const OWN_SCHEMAS = { Health: health };
