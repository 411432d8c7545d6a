// The console's addresses. Whatever the edge answers there is in console-page.ts.

/** As the console has them: src/console/screens.ts. An address that no screen has is a 404. */
export const CONSOLE_PATHS: readonly string[] = [
  "/",
  "/accounts",
  "/accounts/:accountNumber",
  "/map",
  "/operations",
  "/operations/parked",
  "/operations/rebuilds/:id",
  "/operations/verifications/:id",
  "/operations/functions",
  "/operations/subscriptions",
  "/operations/subscriptions/:id",
  "/operations/inbox",
  "/sign-in",
];
