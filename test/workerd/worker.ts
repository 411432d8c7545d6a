// The Worker that the tests run in: it holds the objects; each test calls the Worker it is about.

export { AccountObject } from "../../src/command/account-object.ts";
export { Commands } from "../../src/command/commands-entrypoint.ts";
export { Unpublished } from "../../src/command/unpublished.ts";
export { default as Onboarding } from "../../src/functions/onboarding/worker.ts";
export { default as OneDefault } from "../../src/functions/one-default/worker.ts";
export { default as UserDeparture } from "../../src/functions/user-departure/worker.ts";
export { Clock } from "../../src/processor/clock.ts";
export { FeedHub } from "../../src/processor/feed-hub.ts";
export { SubscriptionObject } from "../../src/processor/subscriptions/subscription-object.ts";

export default {};
