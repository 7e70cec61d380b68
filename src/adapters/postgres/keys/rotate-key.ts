/** Compare-and-set of a key's secret; the old one moves aside for its grace. */
import type { Rotation } from '../../../ports/key-store.ts';
import { TELL_IDENTITY } from '../channels.ts';
import { statement } from '../statement.ts';
import { KEY_COLUMNS, type KeyRow, toKey } from './key-row.ts';

export const rotateKey = statement({
  name: 'key_rotate',
  text: `
    UPDATE api_key SET previous_prefix = prefix, previous_hmac = hmac, previous_until = $5,
           prefix = $3, hmac = $4
     WHERE id = $1 AND prefix = $2 AND revoked_at IS NULL
    RETURNING ${KEY_COLUMNS}, ${TELL_IDENTITY}`,
  values: ({ id, from, to, oldUntil }: Rotation & { id: string }) => [
    id,
    from,
    to.prefix,
    Buffer.from(to.hmac),
    oldUntil,
  ],
  row: (row: KeyRow) => toKey(row),
});
