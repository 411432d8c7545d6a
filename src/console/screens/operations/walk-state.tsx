// How a rebuild or a verification is, in a word or two.

import type { Answer } from "../../api/service.ts";
import { Badge } from "../../parts/status.tsx";

type Walk = Pick<Answer<"getRebuild">, "status" | "found" | "mended">;

interface WalkStateProps {
  readonly of: Walk;
  /** Shorter where there is little room. */
  readonly differs?: string;
}

export function WalkState({
  of: { status, found, mended },
  differs = "Done, with differences",
}: WalkStateProps) {
  if (status === "running") return <Badge tone="info">Running</Badge>;
  if (found === mended) return <Badge tone="good">Done</Badge>;
  return <Badge tone="bad">{differs}</Badge>;
}
