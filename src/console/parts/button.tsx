// A button, and a link that looks like one.

import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import "./button.css";

interface Look {
  /** `plain` without it. `quiet` has no border until it is pointed at. */
  readonly kind?: "primary" | "plain" | "quiet" | "danger";
}

type Attributes = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "class" | "type" | "disabled" | "children">;

interface ButtonProps extends Look, Attributes {
  readonly type?: "button" | "submit";
  /** While what it set off goes on. It keeps its place and its focus. */
  readonly isBusy?: boolean;
  /** It does nothing now. It keeps its focus, too. */
  readonly disabled?: boolean;
  readonly children: ComponentChildren;
}

export function Button({
  kind = "plain",
  isBusy = false,
  disabled = false,
  type = "button",
  children,
  onClick,
  ...others
}: ButtonProps) {
  return (
    <button
      {...others}
      type={type}
      class="button"
      data-kind={kind}
      aria-busy={isBusy}
      aria-disabled={isBusy || disabled}
      onClick={(event) => {
        if (isBusy || disabled) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {children}
    </button>
  );
}

interface ActionButtonProps extends Omit<ButtonProps, "isBusy" | "onClick"> {
  readonly onAct: () => Promise<void>;
}

/** Busy for as long as what it sets off goes on. */
export function ActionButton({ onAct, ...others }: ActionButtonProps) {
  const [isBusy, setIsBusy] = useState(false);
  async function act(): Promise<void> {
    setIsBusy(true);
    await onAct();
    setIsBusy(false);
  }
  return <Button {...others} isBusy={isBusy} onClick={act} />;
}

interface ButtonLinkProps extends Look {
  readonly href: string;
  readonly children: ComponentChildren;
}

export function ButtonLink({ kind = "plain", href, children }: ButtonLinkProps) {
  return (
    <a href={href} class="button" data-kind={kind}>
      {children}
    </a>
  );
}
