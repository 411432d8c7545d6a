// What a client of one OpenAPI document could not do any more with another. Both are read as JSON; `$ref`s are followed.

type Members = Readonly<Record<string, unknown>>;

/** Which way values go: what a client sends may be narrowed by nobody, what it gets may be widened by nobody. */
type Way = "sent" | "got";

const METHODS = ["get", "put", "post", "delete", "patch"];
const LOWER_BOUNDS = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
const UPPER_BOUNDS = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];
const PROBLEM = "application/problem+json";

/** One line for each change that breaks a client; none where it can go on as it was. */
export function breakingChanges(before: unknown, after: unknown): string[] {
  return new Comparison(before, after).run();
}

class Comparison {
  readonly #before: Members;
  readonly #after: Members;
  readonly #found: string[] = [];
  /** Pairs of named schemas that are compared, or being so: schemas may speak of themselves. */
  readonly #compared = new Set<string>();

  constructor(before: unknown, after: unknown) {
    this.#before = membersOf(before);
    this.#after = membersOf(after);
  }

  run(): string[] {
    const paths = membersOf(this.#after.paths);
    for (const [path, item] of Object.entries(membersOf(this.#before.paths))) {
      for (const method of METHODS) {
        const operation = membersOf(item)[method];
        if (operation === undefined) continue;
        const where = `${method.toUpperCase()} ${path}`;
        const now = membersOf(paths[path])[method];
        if (now === undefined) this.#found.push(`${where} is gone`);
        else this.#operation(where, membersOf(operation), membersOf(now));
      }
    }
    return this.#found;
  }

  #operation(where: string, before: Members, after: Members): void {
    if (before.operationId !== after.operationId) this.#found.push(`${where} has another operationId`);
    if (count(after.security) > count(before.security)) this.#found.push(`${where} asks for a token`);
    this.#parameters(where, before, after);
    this.#body(where, before.requestBody, after.requestBody);
    const answers = membersOf(after.responses);
    for (const [status, answer] of Object.entries(membersOf(before.responses))) {
      const now = answers[status];
      if (now === undefined) this.#found.push(`${where} answers ${status} no more`);
      else this.#answer(`${where} ${status}`, answer, now);
    }
  }

  #parameters(where: string, before: Members, after: Members): void {
    const had = this.#parametersOf(this.#before, before);
    const has = this.#parametersOf(this.#after, after);
    for (const [name, parameter] of had) {
      const now = has.get(name);
      if (now === undefined) this.#found.push(`${where} takes ${name} no more`);
      else this.#schemas(`${where} ${name}`, parameter.schema, now.schema, "sent");
    }
    for (const [name, { required }] of has) {
      if (required === true && had.get(name)?.required !== true)
        this.#found.push(`${where} requires ${name}`);
    }
  }

  #parametersOf(document: Members, { parameters }: Members): Map<string, Members> {
    const resolved = listOf(parameters).map((parameter) => resolve(document, parameter));
    return new Map(resolved.map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]));
  }

  #body(where: string, before: unknown, after: unknown): void {
    const now = membersOf(after);
    if (now.required === true && membersOf(before).required !== true)
      this.#found.push(`${where} requires a body`);
    this.#content(`${where} body`, membersOf(before).content, now.content, "sent");
  }

  #answer(where: string, before: unknown, after: unknown): void {
    const headers = membersOf(membersOf(after).headers);
    for (const [name, header] of Object.entries(membersOf(membersOf(before).headers))) {
      const now = headers[name];
      const always = resolve(this.#before, header).required === true;
      if (now === undefined) this.#found.push(`${where} has no ${name} any more`);
      else if (always && resolve(this.#after, now).required !== true) {
        this.#found.push(`${where} has ${name} not always any more`);
      }
    }
    this.#content(where, membersOf(before).content, membersOf(after).content, "got");
  }

  #content(where: string, before: unknown, after: unknown, way: Way): void {
    for (const [type, media] of Object.entries(membersOf(before))) {
      const now = membersOf(after)[type];
      if (now === undefined) this.#found.push(`${where} is ${type} no more`);
      // Problem codes may be added at any time, the document says.
      else if (way === "sent" || type !== PROBLEM) {
        this.#schemas(where, membersOf(media).schema, membersOf(now).schema, way);
      }
    }
  }

  #schemas(where: string, before: unknown, after: unknown, way: Way): void {
    const pair = [way, membersOf(before).$ref, membersOf(after).$ref].join(" ");
    const named = "$ref" in membersOf(before);
    if (named && this.#compared.has(pair)) return;
    if (named) this.#compared.add(pair);
    this.#schema(where, resolve(this.#before, before), resolve(this.#after, after), way);
  }

  #schema(where: string, before: Members, after: Members, way: Way): void {
    this.#values(where, before, after, way);
    this.#bounds(where, before, after, way);
    this.#object(where, before, after, way);
    if (before.items !== undefined && after.items !== undefined) {
      this.#schemas(`${where}[]`, before.items, after.items, way);
    }
    for (const union of ["oneOf", "anyOf"]) this.#options(where, before[union], after[union], way);
  }

  /** Types, enumerations and constants: the values that there are. */
  #values(where: string, before: Members, after: Members, way: Way): void {
    for (const keyword of ["type", "enum", "const"]) {
      const [had, has] = [before[keyword], after[keyword]];
      const lost = had === undefined ? has !== undefined : listOf(has).length > 0 && lacks(has, had);
      const gained = has === undefined ? had !== undefined : listOf(had).length > 0 && lacks(had, has);
      if (way === "sent" ? lost : gained) {
        this.#found.push(`${where}: ${keyword} ${JSON.stringify(had)} is ${JSON.stringify(has)} now`);
      }
    }
  }

  /** Only for what is sent: whoever gets a value reads a wider range as well. */
  #bounds(where: string, before: Members, after: Members, way: Way): void {
    if (way === "got") return;
    const tightened = [
      ...LOWER_BOUNDS.filter(
        (bound) => numberOf(after[bound], -Infinity) > numberOf(before[bound], -Infinity),
      ),
      ...UPPER_BOUNDS.filter((bound) => numberOf(after[bound], Infinity) < numberOf(before[bound], Infinity)),
      ...["pattern", "format"].filter((rule) => after[rule] !== undefined && after[rule] !== before[rule]),
    ];
    for (const rule of tightened) this.#found.push(`${where}: ${rule} is narrower`);
  }

  #object(where: string, before: Members, after: Members, way: Way): void {
    const properties = membersOf(after.properties);
    const [had, has] = [listOf(before.required), listOf(after.required)];
    for (const [name, schema] of Object.entries(membersOf(before.properties))) {
      const now = properties[name];
      if (now !== undefined) this.#schemas(`${where}/${name}`, schema, now, way);
      else if (way === "got" || after.additionalProperties === false)
        this.#found.push(`${where}/${name} is gone`);
    }
    const stricter =
      way === "sent" ? has.filter((name) => !had.includes(name)) : had.filter((name) => !has.includes(name));
    for (const name of stricter) {
      if (way === "got" && properties[`${name}`] === undefined) continue;
      this.#found.push(`${where}/${name} is ${way === "sent" ? "required" : "not always there any more"}`);
    }
    if (way === "sent" && after.additionalProperties === false && before.additionalProperties !== false) {
      this.#found.push(`${where} takes no other members any more`);
    }
  }

  #options(where: string, before: unknown, after: unknown, way: Way): void {
    const had = new Map(listOf(before).map((option, index) => [nameOf(option, index), option]));
    const has = new Map(listOf(after).map((option, index) => [nameOf(option, index), option]));
    const missing = way === "sent" ? absent(had, has) : absent(has, had);
    for (const name of missing) {
      this.#found.push(`${where}: ${name} is ${way === "sent" ? "taken no more" : "a new thing to get"}`);
    }
    for (const [name, option] of had) {
      if (has.has(name)) this.#schemas(`${where}(${name})`, option, has.get(name), way);
    }
  }
}

const absent = (from: ReadonlyMap<string, unknown>, of: ReadonlyMap<string, unknown>): string[] =>
  [...from.keys()].filter((name) => !of.has(name));

function nameOf(option: unknown, index: number): string {
  const { $ref } = membersOf(option);
  return typeof $ref === "string" ? $ref.slice($ref.lastIndexOf("/") + 1) : `option ${index + 1}`;
}

function lacks(values: unknown, wanted: unknown): boolean {
  return !listOf(wanted).every((value) => listOf(values).includes(value));
}

function resolve(document: Members, value: unknown): Members {
  const { $ref, ...members } = membersOf(value);
  if (typeof $ref !== "string") return members;
  const names = $ref.slice("#/".length).split("/");
  const found = names.reduce<unknown>(
    (at, name) => membersOf(at)[name.replaceAll("~1", "/").replaceAll("~0", "~")],
    document,
  );
  return resolve(document, found);
}

function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

const count = (value: unknown): number => listOf(value).length;

const numberOf = (value: unknown, otherwise: number): number =>
  typeof value === "number" ? value : otherwise;
