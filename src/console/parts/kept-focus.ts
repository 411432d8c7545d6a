// What has the focus may leave the page with what it did. Then a heading has it, so that a keyboard goes on from there.

/** For as long as the page is there: the heading of the panel that it was in, or of the screen. */
export function keepFocus(): void {
  let focused: Element | null = null;
  let panel: Element | null = null;
  document.addEventListener("focusin", ({ target }) => {
    focused = target instanceof Element ? target : null;
    panel = focused?.closest(".panel") ?? null;
  });
  new MutationObserver(() => {
    if (focused === null || focused.isConnected) return;
    focused = null;
    // A dialog that closes gives it back by itself.
    if (document.activeElement !== document.body) return;
    const heading = (panel?.isConnected ? panel.querySelector("h2") : null) ?? document.querySelector("h1");
    heading?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
}
