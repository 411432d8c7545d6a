// A button, and a link that looks like one.

import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import "./button.css";

interface Look {
  /** `plain` without it. `quiet` has no border until it is pointed at. */
  readonly kind?: "primary" | "plain" | "quiet" | "danger";
}

type Attributes = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "class" | "type" | "children">;

interface ButtonProps extends Look, Attributes {
  readonly type?: "button" | "submit";
  /** While what it set off goes on. It keeps its place and its focus. */
  readonly isBusy?: boolean;
  readonly children: ComponentChildren;
}

export function Button({
  kind = "plain",
  isBusy = false,
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
      aria-disabled={isBusy}
      onClick={(event) => {
        if (isBusy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {children}
    </button>
  );
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
