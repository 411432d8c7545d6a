// The command Worker and its objects, under the meter.

import worker, {
  AccountObject as RealAccountObject,
  Unpublished as RealUnpublished,
} from "../../src/command/worker.ts";
import { metered, meterObject, meterObjects } from "./metered-worker.ts";

/** The way in for functions, which the processor binds: none is bound here, so nothing comes by it. */
export { Commands } from "../../src/command/worker.ts";

meterObjects(RealAccountObject);
meterObjects(RealUnpublished);

export class AccountObject extends RealAccountObject {
  constructor(...[ctx, env]: ConstructorParameters<typeof RealAccountObject>) {
    meterObject(ctx, env);
    super(ctx, env);
  }
}

export class Unpublished extends RealUnpublished {
  constructor(...[ctx, env]: ConstructorParameters<typeof RealUnpublished>) {
    meterObject(ctx, env);
    super(ctx, env);
  }
}

export default metered(worker, false);
