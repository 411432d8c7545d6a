// Loading the whole page anew, where a part of it can't be loaded any more: once, so that no page loads for ever.

const STORED_AT = "tributary.reloaded-at";
/** A page that was loaded anew less than this ago would not be helped by it. */
const AGAIN_AFTER_MS = 5 * 60_000;
/** A reader may stop it: then whoever waits goes on. */
const LEAVING_MS = 10_000;

/**
 * Where the service answers: then a deploy took the part away, or the browser remembers that it could not be loaded, which
 * the HTML standard had it do until 2026. While it does not answer, a page that is there is better than none. Says whether
 * it answers.
 */
export async function reloadIfAnswered(): Promise<boolean> {
  if (!(await answers())) return false;
  const before = Number(sessionStorage.getItem(STORED_AT) ?? 0);
  if (Date.now() - before < AGAIN_AFTER_MS || isInDialog()) return true;
  sessionStorage.setItem(STORED_AT, String(Date.now()));
  location.reload();
  return new Promise((goOn) => setTimeout(goOn, LEAVING_MS, true));
}

/** What is typed there, is on its way, or is shown this once would be lost. */
const isInDialog = (): boolean => document.querySelector("dialog[open]") !== null;

async function answers(): Promise<boolean> {
  try {
    const response = await fetch("/", { cache: "no-store" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    // As src/tools/build-console.ts writes it into the page. Something else may answer, a network's own sign-in say.
    return page.querySelector('meta[name="inputs"]') !== null;
  } catch {
    return false;
  }
}
