// The command Worker's entry: its routes, the way in for functions, and the classes of its objects.

import { createCommandApp } from "./routes.ts";

export { AccountObject } from "./account-object.ts";
export { Commands } from "./commands-entrypoint.ts";
export { Unpublished } from "./unpublished.ts";

export default createCommandApp();
