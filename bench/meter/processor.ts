// The processor Worker and its objects, under the meter.

import worker, { FeedHub as RealFeedHub } from "../../src/processor/worker.ts";
import { metered, meterObject, meterObjects } from "./metered-worker.ts";

meterObjects(RealFeedHub);

export class FeedHub extends RealFeedHub {
  constructor(...[ctx, env]: ConstructorParameters<typeof RealFeedHub>) {
    meterObject(ctx, env);
    super(ctx, env);
  }
}

export default metered(worker, false);
