// The command Worker's entry: its routes, and the classes of its objects: those that own the logs, and the list of what waits.

import { createCommandApp } from "./routes.ts";

export { AccountObject } from "./account-object.ts";
export { Unpublished } from "./unpublished.ts";

export default createCommandApp();
