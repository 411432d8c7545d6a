// Holds an answer against the contract that the system serves: its status, media type, headers and body.

import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed; null where there is none. */
  readonly body: unknown;
}

interface ResponseObject {
  readonly headers?: Readonly<Record<string, { readonly $ref?: string; readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

/** As much of an OpenAPI document as is read here. */
export interface OpenApi {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, ResponseObject>> }>>>
  >;
  readonly components: {
    readonly headers: Readonly<Record<string, { readonly required?: boolean }>>;
  };
}

const NOTHING_THERE = { NotFoundProblem: 404, MethodNotAllowedProblem: 405 } as const;
const AT_THE_DOOR: Readonly<Record<number, string>> = {
  401: "UnauthenticatedProblem",
  403: "ForbiddenProblem",
  429: "RateLimitedProblem",
  503: "AuthenticationNotConfiguredProblem",
};

export class Conformance {
  readonly #document: OpenApi;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(document: OpenApi) {
    this.#document = document;
    this.#ajv.addSchema(closed(document), "contract");
  }

  /** What of the answer the contract does not say. `path` may have a query string. */
  findings(method: string, path: string, answer: Answer): string[] {
    // Who may GET may ask for HEAD, and gets all but the body, which has to be right in GET's answer.
    if (method === "HEAD" && answer.body !== null) return ["a body"];
    const template = this.#templateOf(new URL(`http://service${path}`).pathname);
    if (template === null) return this.#bareProblem(method, answer, "NotFoundProblem");
    const verb = method === "HEAD" ? "get" : method.toLowerCase();
    const operation = this.#document.paths[template]?.[verb];
    if (operation === undefined) {
      return this.#bareProblem(method, answer, "MethodNotAllowedProblem");
    }
    const response = operation.responses[answer.status];
    if (response === undefined) return [`status ${answer.status}`];
    const place = ["paths", template, verb, "responses", String(answer.status)];
    return [
      ...this.#missingHeaders(response, answer),
      ...(method === "HEAD" ? [] : this.#wrongContent(response, answer, place)),
    ];
  }

  /** The path as the document has it; one that is written out comes before one with parameters. */
  #templateOf(path: string): string | null {
    const matching = Object.keys(this.#document.paths).filter((template) =>
      new RegExp(`^${template.replace(/[.]/g, "\\.").replace(/\{[^}]*\}/g, "[^/]+")}$`).test(path),
    );
    return matching.toSorted((one, other) => one.split("{").length - other.split("{").length)[0] ?? null;
  }

  /** Where the contract has nothing: who asks is looked at first, then that there is nothing. */
  #bareProblem(method: string, answer: Answer, nothingThere: keyof typeof NOTHING_THERE): string[] {
    const schema = answer.status === NOTHING_THERE[nothingThere] ? nothingThere : AT_THE_DOOR[answer.status];
    if (schema === undefined) return [`status ${answer.status}, where the contract has nothing`];
    const findings = method === "HEAD" ? [] : this.#wrongBody(answer.body, ["components", "schemas", schema]);
    return answer.status !== 405 || answer.headers.has("Allow") ? findings : [...findings, "no Allow"];
  }

  #missingHeaders({ headers = {} }: ResponseObject, answer: Answer): string[] {
    return Object.entries(headers)
      .filter(([name, { $ref, required }]) => {
        const shared = this.#document.components.headers[$ref?.split("/").at(-1) ?? ""];
        return (required ?? shared?.required) && !answer.headers.has(name);
      })
      .map(([name]) => `no ${name}`);
  }

  #wrongContent({ content = {} }: ResponseObject, answer: Answer, place: readonly string[]): string[] {
    if (Object.keys(content).length === 0) return answer.body === null ? [] : ["a body"];
    const type = answer.headers.get("Content-Type")?.split(";")[0] ?? "no media type";
    if (content[type] === undefined) return [`${type}, not ${Object.keys(content)}`];
    return this.#wrongBody(answer.body, [...place, "content", type, "schema"]);
  }

  #wrongBody(body: unknown, place: readonly string[]): string[] {
    const pointer = place.map((name) => name.replaceAll("~", "~0").replaceAll("/", "~1"));
    const $ref = `contract#/${pointer.map(encodeURIComponent).join("/")}`;
    const validate = this.#validators.get($ref) ?? this.#ajv.compile({ $ref });
    this.#validators.set($ref, validate);
    if (validate(body)) return [];
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      [instancePath, message, JSON.stringify(params)].join(" "),
    );
  }
}

/** Clients pass over members that they don't know. Here each one that is not described is a finding. */
function closed(schema: unknown): Record<string, unknown> {
  const close = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(close);
    if (typeof value !== "object" || value === null) return value;
    const members = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, close(member)]));
    const open = typeof members.properties === "object" && members.additionalProperties === undefined;
    return open ? { ...members, additionalProperties: false } : members;
  };
  return Object.fromEntries(Object.entries(Object(close(schema))));
}
