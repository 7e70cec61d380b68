/** A key by id or name: of several of a name the one that was not revoked, else the latest. */
import { statement } from '../statement.ts';
import { KEY_COLUMNS, type KeyRow, toKey } from './key-row.ts';

export const getKey = statement({
  name: 'key_get',
  text: `
    SELECT ${KEY_COLUMNS} FROM api_key WHERE id = $1 OR name = $1
     ORDER BY id = $1 DESC, revoked_at IS NULL DESC, created_at DESC LIMIT 1`,
  values: (ref: string) => [ref],
  row: (row: KeyRow) => toKey(row),
});
