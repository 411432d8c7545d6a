// The trace id: taken from `traceparent` (W3C Trace Context), or made; the correlation id of what a request causes.

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;

/** 32 hex digits. A malformed `traceparent` is ignored, as the standard asks. */
export function traceIdOf(traceparent: string | undefined): string {
  return traceIdIn(traceparent) ?? crypto.randomUUID().replaceAll("-", "");
}

/** The `traceparent` to send on: the one that came, or where none that is valid did, the start of this trace. */
export function traceparentFor(traceId: string, incoming: string | undefined): string {
  if (incoming !== undefined && traceIdIn(incoming) === traceId) return incoming;
  const parentId = crypto.randomUUID().replaceAll("-", "").slice(-16);
  return `00-${traceId}-${parentId}-01`;
}

function traceIdIn(traceparent: string | undefined): string | null {
  const [, version, traceId, parentId, rest] = TRACEPARENT.exec(traceparent ?? "") ?? [];
  const valid =
    traceId !== undefined &&
    version !== "ff" &&
    !(version === "00" && rest !== undefined) &&
    !/^0+$/.test(traceId) &&
    !/^0+$/.test(parentId ?? "");
  return valid ? traceId : null;
}
