// A table of things: what is in a column is said once, and what matters less gives way on a narrow screen.

import type { ComponentChildren } from "preact";
import "./pager.css";
import "./table.css";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers stand at the end. */
  readonly align?: "end";
  /** Left out where there is no room for it. */
  readonly isExtra?: boolean;
}

interface TableProps<Row> {
  /** What the table is of, for whoever does not see it. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
}

/** The first column names its row. */
export function Table<Row>({ caption, columns, rows, keyOf }: TableProps<Row>) {
  return (
    // It may be wider than the screen; the arrow keys scroll it, too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="table-scroll" tabIndex={0} aria-label={caption}>
      <table class="table">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" {...looksOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column, place) =>
                place === 0 ? (
                  <th key={column.title} scope="row" {...looksOf(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.title} {...looksOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function looksOf<Row>({ align, isExtra }: Column<Row>) {
  return {
    ...(align === undefined ? {} : { "data-align": align }),
    ...(isExtra ? { "data-extra": "" } : {}),
  };
}

interface PagerProps {
  /** The console's own addresses; null where there is no such page. */
  readonly first: string | null;
  readonly next: string | null;
}

/** Pages are come to one after another, because each begins where the one before it ended. */
export function Pager({ first, next }: PagerProps) {
  if (first === null && next === null) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {first === null ? null : (
        <a class="button" href={first}>
          First page
        </a>
      )}
      {next === null ? null : (
        <a class="button" href={next} rel="next">
          Next page
        </a>
      )}
    </nav>
  );
}
