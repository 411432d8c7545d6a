// The mark: one water that joins another.

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
      <g fill="none" stroke="var(--accent)" stroke-width="2.5" stroke-linecap="round">
        <path d="M5 3c0 7 7 5 7 12v6" />
        <path d="M19 3c0 7-7 5-7 12" opacity=".55" />
      </g>
    </svg>
  );
}
