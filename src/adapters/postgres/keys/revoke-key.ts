/** Ends a key for good, with the secret before its last rotation, and tells every replica. */
import { TELL_IDENTITY } from '../channels.ts';
import { statement } from '../statement.ts';
import { KEY_COLUMNS, type KeyRow, toKey } from './key-row.ts';

export const revokeKey = statement({
  name: 'key_revoke',
  text: `
    UPDATE api_key SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1
    RETURNING ${KEY_COLUMNS}, ${TELL_IDENTITY}`,
  values: ({ id, now }: { id: string; now: number }) => [id, now],
  row: (row: KeyRow) => toKey(row),
});
