// The Worker of the function user-departure.

import { workerOf } from "../../reactions/worker-of.ts";
import { userDeparture } from "./user-departure.ts";

export default workerOf(userDeparture);
