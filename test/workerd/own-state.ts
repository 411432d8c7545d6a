// Test files share one runtime, and the accounts of an earlier one would go on publishing and ringing beside this one's.

import { reset } from "cloudflare:test";
import { beforeAll } from "vitest";

beforeAll(() => reset());
