// The bindings of wrangler.toml beside this file, for `env` in the tests.

declare namespace Cloudflare {
  interface Env {
    /** RPC's own types give up on an event's `data` (unknown is not serializable to them): the port says it all. */
    readonly ACCOUNT_LOGS: Omit<DurableObjectNamespace, "getByName"> & {
      getByName(
        accountNumber: string,
      ): DurableObjectStub & import("../../src/account/account-log.ts").AccountLog;
    };
    readonly ACCOUNT_EVENTS: Queue<import("../../src/account/events-message.ts").EventsMessage>;
    readonly VIEWS: D1Database;
    readonly OPERATIONS: D1Database;
    readonly ACCOUNT_REPAIRS: Queue<unknown>;
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
