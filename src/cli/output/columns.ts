/** Aligned columns without borders, as kubectl prints them. */
import { stripVTControlCharacters } from 'node:util';

export type Row = readonly string[];

const GAP = 3;

/** Width of each column; the last one is never padded. */
export function widthsOf(rows: readonly Row[]): readonly number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => lengthOf(row[column] ?? ''))),
  );
}

export function layOut(row: Row, widths: readonly number[]): string {
  const cells = row.map((cell, column) => {
    const padding = (widths[column] ?? 0) - lengthOf(cell) + GAP;
    return column === row.length - 1 ? cell : cell + ' '.repeat(Math.max(1, padding));
  });
  return cells.join('').trimEnd();
}

/** The whole table, one line a row, without a final line break. */
export function columns(rows: readonly Row[], indent = ''): string {
  const widths = widthsOf(rows);
  return rows.map((row) => indent + layOut(row, widths)).join('\n');
}

/** Characters as a terminal shows them; colours take no room. */
function lengthOf(cell: string): number {
  return [...stripVTControlCharacters(cell)].length;
}
