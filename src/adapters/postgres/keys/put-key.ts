/** Stores a key. `insert` leaves it when another that was not revoked has its name; `put` does not look. */
import type { KeyRecord } from '../../../ports/key-store.ts';
import { cleanText, jsonText } from '../json-text.ts';
import { nothing, statement } from '../statement.ts';

const INTO = `
    INSERT INTO api_key (id, prefix, hmac, name, roles, scope, created_at, created_by, expires_at)`;

const values = (key: KeyRecord) => [
  key.id,
  key.prefix,
  Buffer.from(key.hmac),
  cleanText(key.name),
  jsonText(key.roles),
  jsonText(key.scope),
  key.createdAt,
  key.createdBy === undefined ? null : cleanText(key.createdBy),
  key.expiresAt ?? null,
];

export const putKey = statement({
  name: 'key_put',
  text: `${INTO} VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
  values,
  row: nothing,
});

export const insertKey = statement({
  name: 'key_insert',
  text: `${INTO}
    SELECT $1, $2, $3::bytea, $4::text, $5::jsonb, $6::jsonb, $7::bigint, $8::text, $9::bigint
     WHERE NOT EXISTS (SELECT FROM api_key WHERE name = $4 AND revoked_at IS NULL)
        ON CONFLICT (name) WHERE revoked_at IS NULL AND created_by IS NOT NULL DO NOTHING
    RETURNING id`,
  values,
  row: (): true => true,
});
