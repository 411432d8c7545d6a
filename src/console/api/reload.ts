// Loading the whole page anew, where a deploy took away a part of it: once, so that no page loads for ever.

import { shownSecret } from "./shown-secret.ts";

const STORED_AT = "tributary.reloaded-at";
/** A page that was loaded anew less than this ago would not be helped by it. */
const AGAIN_AFTER_MS = 30_000;

/** Where the service has another build by now. While it does not answer, a page that is there is better than none. */
export async function reloadIfDeployed(): Promise<void> {
  const deployed = await deployedBuild();
  if (deployed === null || deployed === buildOf(document)) return;
  // A page that is loaded anew would forget it, and nobody says it again.
  if (shownSecret.value !== null) return;
  const before = Number(sessionStorage.getItem(STORED_AT) ?? 0);
  if (Date.now() - before < AGAIN_AFTER_MS) return;
  sessionStorage.setItem(STORED_AT, String(Date.now()));
  location.reload();
}

async function deployedBuild(): Promise<string | null> {
  try {
    const response = await fetch("/", { cache: "no-store" });
    return buildOf(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    return null;
  }
}

/** As src/tools/build-console.ts writes it into the page; null where something else answered. */
const buildOf = (page: Document): string | null =>
  page.querySelector<HTMLMetaElement>('meta[name="inputs"]')?.content ?? null;
