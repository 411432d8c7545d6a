// The typed client: commands and queries as methods. It reads its own writes, and repeats nothing twice.

import type { AccountStatus } from "../account/account.ts";
import type { AccountCommand, TransitionName } from "../account/commands.ts";
import type {
  Accepted,
  AccountRepresentation,
  EventRepresentation,
  FeedItem,
  LegalCommands,
  StatusTotals,
} from "../http/representations.ts";
import { type Connection, type FollowOptions, follow } from "./follow.ts";
import { type Problem, ProblemFound, type Result } from "./problem.ts";
import { type ClientOptions, pause, pauseBefore, Transport } from "./transport.ts";

export { type ClientOptions, type Connection, type FollowOptions, type Problem, ProblemFound, type Result };

/** The status of a command among many whose account did not answer: it may have been carried out. */
const UNAVAILABLE = 503;

/** For so many accounts it is remembered which version the caller knows of. */
const MAX_KNOWN_VERSIONS = 10_000;

export interface CommandOptions {
  /** Without it, each call has one of its own, which its attempts share. */
  readonly idempotencyKey?: string;
  /** Refuses the command with `version-mismatch` unless the account is at this version. */
  readonly expectedVersion?: number;
}

type CommandOf<Name> = Extract<AccountCommand, { type: Name }>;
/** What a command takes beside the account number. */
type MembersOf<Name> = Omit<CommandOf<Name>, "type">;
/** The same by itself: an object without members, where it takes none. */
type OwnMembersOf<Name> = keyof MembersOf<Name> extends never
  ? Readonly<Record<string, never>>
  : MembersOf<Name>;

export interface CreateMembers {
  readonly userId: number;
  readonly accountNumber?: string;
  readonly defaultAccount?: boolean;
}

/** A command among many. */
export type Member = CommandOptions &
  (
    | (CreateMembers & { readonly command: "create" })
    | {
        [Name in TransitionName]: {
          readonly command: Name;
          readonly accountNumber: string;
        } & MembersOf<Name>;
      }[TransitionName]
  );

export interface AccountFilter {
  readonly userId?: number;
  readonly status?: AccountStatus;
  readonly defaultAccount?: boolean;
  /** Of a page; the iteration goes over all of them. */
  readonly limit?: number;
}

interface FeedFilter {
  readonly types?: readonly string[];
  readonly accountNumber?: string;
  readonly userId?: number;
}

export interface FeedOptions extends FeedFilter {
  /** The position that the caller has reached: 0 is all of history. */
  readonly after?: number;
  readonly limit?: number;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly _links: { readonly next?: { readonly href: string } };
}

type Outcome =
  | (Accepted & { readonly status: number })
  | { readonly status: number; readonly problem: Problem };

export class TributaryClient {
  readonly #transport: Transport;
  /** The newest version of each account that this client saw, the account it saw last at the end. */
  readonly #known = new Map<string, number>();

  constructor(options: ClientOptions) {
    this.#transport = new Transport(options);
  }

  create(members: CreateMembers, options: CommandOptions = {}): Promise<Result<Accepted>> {
    return this.#command("/v1/accounts", members, options);
  }

  /** `client.command("123456", "suspend", { reason: "chargeback" })` */
  command<Name extends TransitionName>(
    accountNumber: string,
    name: Name,
    members?: OwnMembersOf<Name>,
    options: CommandOptions = {},
  ): Promise<Result<Accepted>> {
    return this.#command(`${accountPath(accountNumber)}/commands/${name}`, members ?? {}, options);
  }

  /** By a link of the account: it has one for each command that is legal now. */
  commandAt(
    href: string,
    members: { readonly reason?: string } = {},
    options: CommandOptions = {},
  ): Promise<Result<Accepted>> {
    return this.#command(href, members, options);
  }

  /** Up to 100 commands; one result for each, in their order. */
  async commands(members: readonly Member[]): Promise<Result<readonly Result<Accepted>[]>> {
    const body = members.map(({ idempotencyKey = crypto.randomUUID(), ...member }) => ({
      idempotencyKey,
      ...member,
    }));
    return this.#sendAll(body, 1);
  }

  /** Never older than what this client saw of the account, nor than `minVersion`. */
  async account(accountNumber: string, minVersion = 0): Promise<Result<AccountRepresentation>> {
    const known = Math.max(minVersion, this.#known.get(accountNumber) ?? 0);
    const result = await this.#get<AccountRepresentation>(accountPath(accountNumber), {
      minVersion: known === 0 ? undefined : known,
    });
    if (result.ok) this.#saw(result.value);
    return result;
  }

  /** The account as it was at a version, or at a time (epoch milliseconds). */
  pastAccount(
    accountNumber: string,
    when: { readonly version: number } | { readonly at: number },
  ): Promise<Result<AccountRepresentation>> {
    return this.#get(accountPath(accountNumber), { ...when });
  }

  event(accountNumber: string, version: number): Promise<Result<EventRepresentation>> {
    return this.#get(`${accountPath(accountNumber)}/events/${version}`);
  }

  legalCommands(accountNumber: string): Promise<Result<LegalCommands>> {
    return this.#get(`${accountPath(accountNumber)}/commands`);
  }

  statusTotals(): Promise<Result<StatusTotals>> {
    return this.#get("/v1/status-totals");
  }

  /** The account's log, in order of version. Throws `ProblemFound`, as every iteration does. */
  events(accountNumber: string, after = 0): AsyncGenerator<EventRepresentation, void> {
    return this.#items(`${accountPath(accountNumber)}/events`, { after });
  }

  /** From the view, which may be behind the logs for a moment. */
  accounts(filter: AccountFilter = {}): AsyncGenerator<AccountRepresentation, void> {
    return this.#items("/v1/accounts", { ...filter });
  }

  /** To the end of the feed as it is now. Where to begin the next time, the `position` of the last item says. */
  feed({ types, ...options }: FeedOptions = {}): AsyncGenerator<FeedItem, void> {
    return this.#items("/v1/feed", { ...options, types: types?.join(",") });
  }

  /** The feed from a place on, and then each event as it comes, until the signal ends it. */
  followFeed({
    types,
    accountNumber,
    userId,
    ...options
  }: FollowOptions & FeedFilter = {}): AsyncGenerator<FeedItem, void> {
    const query = queryOf({ types: types?.join(","), accountNumber, userId });
    return follow(this.#transport, `/v1/feed${query}`, options);
  }

  async #command(path: string, body: object, options: CommandOptions): Promise<Result<Accepted>> {
    const { idempotencyKey = crypto.randomUUID(), expectedVersion } = options;
    const ifMatch = expectedVersion === undefined ? {} : { "If-Match": `"${expectedVersion}"` };
    const headers = { "Idempotency-Key": idempotencyKey, ...ifMatch };
    const result = await this.#transport.send<Accepted>({ method: "POST", path, body, headers });
    if (result.ok) this.#saw(result.value.account);
    return result;
  }

  /** Those whose account did not answer are sent again with their keys, as a whole request is to which nothing is answered. */
  async #sendAll(body: readonly object[], attempt: number): Promise<Result<readonly Result<Accepted>[]>> {
    const answered = await this.#transport.send<readonly Outcome[]>({
      method: "POST",
      path: "/v1/commands",
      body,
    });
    if (!answered.ok) return answered;
    const results = answered.value.map((outcome) => this.#resultOf(outcome));
    const isWaiting = (_: unknown, index: number): boolean => answered.value[index]?.status === UNAVAILABLE;
    const waiting = body.filter(isWaiting);
    if (waiting.length === 0 || attempt >= this.#transport.maxAttempts) return { ok: true, value: results };
    await pause(pauseBefore(attempt));
    const again = await this.#sendAll(waiting, attempt + 1);
    const later = again.ok ? [...again.value] : [];
    const value = results.map((result, index) =>
      isWaiting(result, index) ? (later.shift() ?? result) : result,
    );
    return { ok: true, value };
  }

  #resultOf(outcome: Outcome): Result<Accepted> {
    if ("problem" in outcome) return { ok: false, problem: outcome.problem };
    this.#saw(outcome.account);
    return { ok: true, value: outcome };
  }

  #get<Value>(path: string, parameters: Parameters = {}): Promise<Result<Value>> {
    return this.#transport.send({ method: "GET", path: path + queryOf(parameters) });
  }

  async *#items<Item>(path: string, parameters: Parameters): AsyncGenerator<Item, void> {
    for (let next: string | undefined = path + queryOf(parameters); next !== undefined; ) {
      const page: Result<Page<Item>> = await this.#get(next);
      if (!page.ok) throw new ProblemFound(page.problem);
      yield* page.value.items;
      next = page.value._links.next?.href;
    }
  }

  #saw({ accountNumber, version }: { readonly accountNumber: string; readonly version: number }): void {
    const newest = Math.max(version, this.#known.get(accountNumber) ?? 0);
    this.#known.delete(accountNumber);
    this.#known.set(accountNumber, newest);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_KNOWN_VERSIONS && oldest !== undefined) this.#known.delete(oldest);
  }
}

type Parameters = Readonly<Record<string, string | number | boolean | undefined>>;

const accountPath = (accountNumber: string): string => `/v1/accounts/${encodeURIComponent(accountNumber)}`;

function queryOf(parameters: Parameters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? "" : `?${query}`;
}
