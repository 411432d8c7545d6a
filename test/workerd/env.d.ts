// The bindings of wrangler.toml beside this file, for `env` in the tests.

declare namespace Cloudflare {
  interface Env {
    readonly ACCOUNT_LOGS: DurableObjectNamespace<
      import("../../src/command/account-object.ts").AccountObject
    >;
    readonly ACCOUNT_EVENTS: Queue<import("../../src/command/publisher.ts").OutgoingMessage>;
    readonly VIEWS: D1Database;
    readonly VIEWS_MIGRATIONS: import("cloudflare:test").D1Migration[];
  }
}
