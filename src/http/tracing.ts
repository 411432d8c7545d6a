// The trace id: taken from `traceparent` (W3C Trace Context), or made; the correlation id of what a request causes.

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;

/** 32 hex digits. A malformed `traceparent` is ignored, as the standard asks. */
export function traceIdOf(traceparent: string | undefined): string {
  const [, version, traceId, parentId, rest] = TRACEPARENT.exec(traceparent ?? "") ?? [];
  const valid =
    traceId !== undefined &&
    version !== "ff" &&
    !(version === "00" && rest !== undefined) &&
    !/^0+$/.test(traceId) &&
    !/^0+$/.test(parentId ?? "");
  return valid ? traceId : crypto.randomUUID().replaceAll("-", "");
}
