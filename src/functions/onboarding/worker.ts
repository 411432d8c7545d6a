// The Worker of the function onboarding.

import { workerOf } from "../../reactions/worker-of.ts";
import { onboarding } from "./onboarding.ts";

export default workerOf(onboarding);
