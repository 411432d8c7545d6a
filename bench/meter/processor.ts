// The processor Worker and its objects, under the meter.

import worker, {
  FeedHub as RealFeedHub,
  SubscriptionObject as RealSubscriptionObject,
} from "../../src/processor/worker.ts";
import { metered, meterObject, meterObjects } from "./metered-worker.ts";

meterObjects(RealFeedHub);
meterObjects(RealSubscriptionObject);

export class FeedHub extends RealFeedHub {
  constructor(...[ctx, env]: ConstructorParameters<typeof RealFeedHub>) {
    meterObject(ctx, env);
    super(ctx, env);
  }
}

export class SubscriptionObject extends RealSubscriptionObject {
  constructor(...[ctx, env]: ConstructorParameters<typeof RealSubscriptionObject>) {
    meterObject(ctx, env);
    super(ctx, env);
  }
}

export default metered(worker, false);
