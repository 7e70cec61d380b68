/** A sheet of labelled values, sections indented under their heading, as `kubectl describe` prints them. */
import { columns, type Row } from '../../output/columns.ts';

export type Entry = readonly [label: string, value: string | undefined];

/** `Label:   value`, aligned; an entry without a value is left out. */
export function entries(list: readonly Entry[], indent = ''): string {
  const rows = list.flatMap(([label, value]) => (value === undefined ? [] : [[`${label}:`, value]]));
  return columns(rows, indent);
}

export function section(title: string, body: string): string {
  return body === '' ? '' : `${title}:\n${body}`;
}

export function sheet(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}

export function tableOf(head: Row, rows: readonly Row[], indent = '  '): string {
  return rows.length === 0 ? '' : columns([head, ...rows], indent);
}
