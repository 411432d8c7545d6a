// Loading the whole page anew, where a part of it is gone: once, so that no page loads for ever.

const STORED_AT = "tributary.reloaded-at";
/** A page that was loaded anew less than this ago would not be helped by it. */
const AGAIN_AFTER_MS = 30_000;

export function reloadOnce(): void {
  const before = Number(sessionStorage.getItem(STORED_AT) ?? 0);
  if (Date.now() - before < AGAIN_AFTER_MS) return;
  sessionStorage.setItem(STORED_AT, String(Date.now()));
  location.reload();
}
