// The command Worker's entry: its routes, the way in for functions, and the class of the objects that own the logs.

import { createCommandApp } from "./routes.ts";

export { AccountObject } from "./account-object.ts";
export { Commands } from "./commands-entrypoint.ts";

export default createCommandApp();
