// What the tests inside workerd get from outside it, for `inject`.

import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the odd receivers listen, without a path. */
    readonly receivers: string;
  }
}
