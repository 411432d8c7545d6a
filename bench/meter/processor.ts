// The processor Worker and its objects, under the meter.

import worker, {
  Clock as RealClock,
  FeedHub as RealFeedHub,
  SubscriptionObject as RealSubscriptionObject,
} from "../../src/processor/worker.ts";
import { metered, meterObject, meterObjects } from "./metered-worker.ts";

meterObjects(RealClock);
meterObjects(RealFeedHub);
meterObjects(RealSubscriptionObject);

export class Clock extends RealClock {
  constructor(...[ctx, env]: ConstructorParameters<typeof RealClock>) {
    meterObject(ctx, env);
    super(ctx, env);
  }
}

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
