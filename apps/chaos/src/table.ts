export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => string;
  /** Aligns words to the left and numbers to the right. */
  readonly words?: boolean;
}

/** Separates thousands, whatever the machine's language. */
export const whole = (number: number): string => number.toLocaleString('en-US');

/** Returns the lines, each with a line feed. */
export function renderTable<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const texts = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ cell }) => cell(row))),
  ];
  const widths = columns.map((_, at) => Math.max(...texts.map((row) => row[at]?.length ?? 0)));
  const lines = texts.map((row) =>
    row
      .map((text, at) => {
        const width = widths[at] ?? 0;
        return columns[at]?.words ? text.padEnd(width) : text.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
  const [titles = '', ...body] = lines;
  return [titles, widths.map((width) => '-'.repeat(width)).join('  '), ...body, ''].join('\n');
}
