// The order of the test files: those that take long come first, so that no core waits for the last of them alone.

import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The longest first. Vitest knows how long a file took only where it ran before, and goes by its size elsewhere. */
const LONG: readonly string[] = [
  "test/console/console.test.ts",
  "test/simulation/simulation.test.ts",
  // It waits more than it works.
  "test/system/unattended.test.ts",
  "test/system/live-feed.test.ts",
  "test/system/rebuild.test.ts",
  "test/system/durable.test.ts",
  "test/system/outages.test.ts",
  "test/system/authentication.test.ts",
  "test/bench/cost.test.ts",
  "test/system/webhooks.test.ts",
  "test/system/fuzz.test.ts",
  "test/tools/new-function.test.ts",
];

export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONG.indexOf(relative(this.ctx.config.root, moduleId));
      return place === -1 ? LONG.length : place;
    };
    // The rest stays by project: a process that is done with a file is kept for the next of the same project only.
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}
