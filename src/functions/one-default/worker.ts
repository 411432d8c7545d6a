// The Worker of the function one-default.

import { workerOf } from "../../reactions/worker-of.ts";
import { oneDefault } from "./one-default.ts";

export default workerOf(oneDefault);
