// The Worker that the tests run in: it holds the objects; each test calls the Worker it is about.

export { AccountObject } from "../../src/command/account-object.ts";
export { Unpublished } from "../../src/command/unpublished.ts";
export { FeedHub } from "../../src/processor/feed-hub.ts";

export default {};
