// The routes of operations, where there is nothing to show.

import { describe, expect, it } from "vitest";
import { send, useOperations } from "./operator.ts";

useOperations();

describe("the operations routes", () => {
  it.each([
    ["PUT", "/v1/operations/rebuilds", 405],
    ["POST", "/v1/operations/status", 405],
    ["GET", "/v1/operations/rebuilds/none", 404],
    ["GET", "/v1/operations/verifications/none", 404],
    ["POST", "/v1/operations/parked/NOBODY/replay", 404],
    ["POST", "/v1/operations/parked/a%20b/replay", 404],
    ["GET", "/v1/operations/nothing", 404],
  ])("%s %s is %i", async (method, path, status) => {
    expect((await send(method, path)).status).toBe(status);
  });
});
