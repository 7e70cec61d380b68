/** Cursors of lists: the sort key of the last item, as opaque text. */
import { Refused } from '../../core/errors/refused.ts';

export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** @throws Refused `cursor.expired` when it is not one of ours. */
export function decodeCursor<Key extends readonly unknown[]>(
  text: string,
  isKey: (parts: readonly unknown[]) => parts is Key,
): Key {
  const parts = parse(Buffer.from(text, 'base64url').toString());
  if (!Array.isArray(parts) || !isKey(parts)) throw new Refused('cursor.expired');
  return parts;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
