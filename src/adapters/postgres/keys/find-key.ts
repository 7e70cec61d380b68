/** The key that has a prefix, or had it before its last rotation; also when it has ended: the caller decides what that means. */
import { statement } from '../statement.ts';
import { KEY_COLUMNS, type KeyRow, toKey } from './key-row.ts';

export const findKey = statement({
  name: 'key_find',
  text: `SELECT ${KEY_COLUMNS} FROM api_key WHERE prefix = $1 OR previous_prefix = $1`,
  values: (prefix: string) => [prefix],
  row: (row: KeyRow) => toKey(row),
});
