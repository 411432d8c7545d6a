// Whom one signs in with, as the page says. Nothing is asked for it: it is there before the first request.

/** As the edge writes it: src/edge/sign-in.ts. */
interface SignInSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  readonly audience: string | null;
  /** The page's policy lets it ask these alone, beside the service. */
  readonly origins: readonly string[];
}

/** Null where nobody signs in: the service is open, or waits for whoever runs it to say who may come in. */
export const SIGN_IN: SignInSettings | null = settingsIn(
  document.querySelector<HTMLMetaElement>('meta[name="sign-in"]')?.content ?? "",
);

function settingsIn(text: string): SignInSettings | null {
  return text === "" ? null : JSON.parse(text);
}
