// The edge Worker, under the meter.

import worker from "../../src/edge/worker.ts";
import { metered } from "./metered-worker.ts";

export default metered(worker, true);
