// One attempt to deliver one event to one receiver.

import type { RecordedAccountEvent } from "../../account/events.ts";
import { signatureHeaders } from "../../http/standard-webhooks.ts";
import { CLOUD_EVENT_TYPE, cloudEvent } from "./cloud-event.ts";
import { retryAfterMs } from "./retry-after.ts";

/** A receiver is to store the event and answer; what takes longer belongs behind its answer. */
const TIMEOUT_MS = 10_000;

const GONE_STATUS = 410;

export interface Receiver {
  readonly url: string;
  /** Each signs. */
  readonly secrets: readonly string[];
}

export type Delivery =
  | { readonly kind: "delivered" }
  /** The receiver wants no events any more (410). */
  | { readonly kind: "gone" }
  | ({ readonly kind: "failed" } & Failure);

export interface Failure {
  readonly reason: string;
  /** For so long the receiver asks to be sent nothing at all; 0 where it does not. */
  readonly retryAfterMs: number;
}

/** 2xx is delivered. A redirect is a failure: who is subscribed was checked, and where it leads was not. */
export async function deliver({ url, secrets }: Receiver, event: RecordedAccountEvent): Promise<Delivery> {
  const body = new TextEncoder().encode(JSON.stringify(cloudEvent(event)));
  const timestamp = Math.floor(Date.now() / 1000);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "Content-Type": CLOUD_EVENT_TYPE,
        "User-Agent": "Tributary",
        ...(await signatureHeaders(secrets, { id: event.id, timestamp, body })),
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    // Status and headers say it all: of the answer itself, however long or slow, nothing is read.
    await response.body?.cancel();
    if (response.ok) return { kind: "delivered" };
    if (response.status === GONE_STATUS) return { kind: "gone" };
    return {
      kind: "failed",
      reason: `The receiver answered ${response.status}`,
      retryAfterMs: retryAfterMs(response),
    };
  } catch (error) {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    return {
      kind: "failed",
      reason: isLate ? `No answer within ${TIMEOUT_MS / 1000} s` : "The receiver can't be reached",
      retryAfterMs: 0,
    };
  }
}
