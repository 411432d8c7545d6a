// The Worker that the tests run in: it holds the account object; each test calls the Worker it is about.

export { AccountObject } from "../../src/command/account-object.ts";
export { Unpublished } from "../../src/command/unpublished.ts";

export default {};
