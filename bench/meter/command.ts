// The command Worker and its account objects, under the meter.

import worker, { AccountObject as RealAccountObject } from "../../src/command/worker.ts";
import { meter, meterBindings, metered, meterObjects } from "./metered-worker.ts";

meterObjects(RealAccountObject);

export class AccountObject extends RealAccountObject {
  constructor(...[ctx, env]: ConstructorParameters<typeof RealAccountObject>) {
    meter.meterStorage(ctx.storage);
    meterBindings(env);
    super(ctx, env);
  }
}

export default metered(worker, false);
