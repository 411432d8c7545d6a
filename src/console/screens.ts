// Every screen: its path, where it stands in the navigation, and the code that is loaded when it is opened.

import type { ComponentType } from "preact";

interface ScreenRoute {
  /** As the edge answers it, too: src/edge/console.ts. */
  readonly path: string;
  /** In the navigation; a screen without one is reached from others. */
  readonly title?: string;
  readonly load: LoadScreen;
}

type LoadScreen = () => Promise<ComponentType>;

export const loadSignIn: LoadScreen = async () => (await import("./screens/sign-in/sign-in.tsx")).SignIn;

export const SCREENS: readonly ScreenRoute[] = [
  {
    path: "/",
    title: "Overview",
    load: async () => (await import("./screens/overview/overview.tsx")).Overview,
  },
  {
    path: "/accounts",
    title: "Accounts",
    load: async () => (await import("./screens/accounts/accounts.tsx")).Accounts,
  },
  {
    path: "/accounts/:accountNumber",
    load: async () => (await import("./screens/account/account.tsx")).AccountScreen,
  },
  {
    path: "/map",
    title: "System map",
    load: async () => (await import("./screens/map/map.tsx")).SystemMapScreen,
  },
  {
    path: "/operations",
    title: "Operations",
    load: async () => (await import("./screens/operations/operations.tsx")).Operations,
  },
  {
    path: "/operations/parked",
    load: async () => (await import("./screens/operations/parked.tsx")).Parked,
  },
  {
    path: "/operations/rebuilds/:id",
    load: async () => (await import("./screens/operations/walk.tsx")).Rebuild,
  },
  {
    path: "/operations/verifications/:id",
    load: async () => (await import("./screens/operations/walk.tsx")).Verification,
  },
  {
    path: "/operations/functions",
    load: async () => (await import("./screens/operations/functions.tsx")).Functions,
  },
  {
    path: "/operations/subscriptions",
    load: async () => (await import("./screens/operations/subscriptions.tsx")).Subscriptions,
  },
  {
    path: "/operations/subscriptions/:id",
    load: async () => (await import("./screens/operations/subscription.tsx")).SubscriptionScreen,
  },
  {
    path: "/operations/inbox",
    load: async () => (await import("./screens/operations/inbox.tsx")).Inbox,
  },
  { path: "/sign-in", load: loadSignIn },
];

export const loadNotFound: LoadScreen = async () =>
  (await import("./screens/not-found/not-found.tsx")).NotFound;

/** What this origin has beside the console. A link to it leaves the page. */
export const WITHIN_CONSOLE = /^(?!\/(v1|docs|health|openapi\.json|asyncapi\.json)\b)/;
