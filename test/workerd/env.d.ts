// The bindings of wrangler.toml beside this file, for `env` in the tests.

declare namespace Cloudflare {
  interface Env {
    /** RPC's own types give up on an event's `data` (unknown is not serializable to them): the port says it all. */
    readonly ACCOUNT_LOGS: Omit<DurableObjectNamespace, "getByName"> & {
      getByName(
        accountNumber: string,
      ): DurableObjectStub & import("../../src/account/account-log.ts").AccountLog;
    };
    readonly FEED_HUB: Omit<DurableObjectNamespace, "getByName"> & {
      getByName(name: string): DurableObjectStub & import("../../src/views/feed-hub.ts").FeedHub;
    };
    readonly ACCOUNT_EVENTS: Queue<import("../../src/account/events-message.ts").EventsMessage>;
    readonly UNPUBLISHED: Omit<DurableObjectNamespace, "getByName"> & {
      getByName(
        name: string,
      ): DurableObjectStub & import("../../src/account/unpublished-accounts.ts").UnpublishedAccounts;
    };
    readonly DEAD_ACCOUNT_EVENTS: Queue<unknown>;
    readonly SUBSCRIPTIONS: DurableObjectNamespace<
      import("../../src/processor/subscriptions/subscription-object.ts").SubscriptionObject
    >;
    readonly CLOCK: DurableObjectNamespace<import("../../src/processor/clock.ts").Clock>;
    readonly VIEWS: D1Database;
    readonly OPERATIONS: D1Database;
    readonly ACCOUNT_REPAIRS: Queue<unknown>;
    readonly INBOX: Queue<unknown>;
    readonly FEW_REQUESTS: RateLimit;
    readonly ACCOUNT_REACTIONS: Queue<unknown>;
    readonly COMMANDS: import("../../src/account/command-port.ts").CommandPort;
    readonly ONBOARDING: import("../../src/reactions/contract.ts").FunctionBinding;
    readonly ONE_DEFAULT: import("../../src/reactions/contract.ts").FunctionBinding;
    readonly USER_DEPARTURE: import("../../src/reactions/contract.ts").FunctionBinding;
    readonly [
      name: import("../../src/processor/env.ts").FunctionBindingName
    ]: import("../../src/reactions/contract.ts").FunctionBinding;
    readonly VIEWS_MIGRATIONS: import("cloudflare:test").D1Migration[];
    readonly OPERATIONS_MIGRATIONS: import("cloudflare:test").D1Migration[];
  }
}
