/** A page of keys, newest first. */
import { statement } from '../statement.ts';
import { KEY_COLUMNS, type KeyRow, toKey } from './key-row.ts';

export interface KeyPage {
  readonly before?: readonly [createdAt: number, id: string] | undefined;
  readonly limit: number;
}

export const listKeys = statement({
  name: 'key_list',
  text: `
    SELECT ${KEY_COLUMNS} FROM api_key
     WHERE $1::bigint IS NULL OR (created_at, id) < ($1::bigint, $2::text)
     ORDER BY created_at DESC, id DESC LIMIT $3`,
  values: ({ before, limit }: KeyPage) => [before?.[0] ?? null, before?.[1] ?? null, limit],
  row: (row: KeyRow) => toKey(row),
});
