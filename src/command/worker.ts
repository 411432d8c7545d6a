// The command Worker's entry: its routes, and the class of the objects that own the logs.

import { createCommandApp } from "./routes.ts";

export { AccountObject } from "./account-object.ts";

export default createCommandApp();
