// The processor Worker, under the meter.

import worker from "../../src/processor/worker.ts";
import { metered } from "./metered-worker.ts";

export default metered(worker, false);
