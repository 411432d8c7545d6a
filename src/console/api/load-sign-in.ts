// Loading the code that signs in, renews and signs out: when it is wanted, which is seldom.

import { reloadIfAnswered } from "./reload.ts";

/** Null where it can't be loaded; where the service answers all the same, the page is loaded anew, and then has it. */
export async function loadSignIn(): Promise<typeof import("./sign-in.ts") | null> {
  try {
    return await import("./sign-in.ts");
  } catch {
    await reloadIfAnswered();
    return null;
  }
}
