// While something is read: its shape, in its place, so that nothing moves when it comes.

import "./loading.css";

/** One thing, as wide and high as it will be (CSS lengths). */
export function Skeleton({ width = "100%", height = "1em" }: { width?: string; height?: string }) {
  return <span class="skeleton" style={{ width, height }} />;
}

/** Some lines of a list or a table. */
export function Loading({ rows = 3, what = "Loading" }: { rows?: number; what?: string }) {
  return (
    <div class="loading" role="status">
      <span class="unseen">{what}</span>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} width={`${WIDTHS_PERCENT[row % WIDTHS_PERCENT.length]}%`} />
      ))}
    </div>
  );
}

/** Lines of text are not all equally long. */
const WIDTHS_PERCENT = [92, 78, 85, 64];
