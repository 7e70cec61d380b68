/** Stores a key, or what changed about it (a revocation). */

import type { KeyRecord } from '../../../ports/key-store.ts';
import { cleanText, jsonText } from '../json-text.ts';
import { nothing, statement } from '../statement.ts';

export const putKey = statement({
  name: 'key_put',
  text: `
    INSERT INTO api_key (id, prefix, hmac, name, roles, scope, created_at, expires_at, revoked_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (id) DO UPDATE SET prefix = EXCLUDED.prefix, hmac = EXCLUDED.hmac, name = EXCLUDED.name,
      roles = EXCLUDED.roles, scope = EXCLUDED.scope, expires_at = EXCLUDED.expires_at, revoked_at = EXCLUDED.revoked_at`,
  values: (key: KeyRecord) => [
    key.id,
    key.prefix,
    Buffer.from(key.hmac),
    cleanText(key.name),
    jsonText(key.roles),
    jsonText(key.scope),
    key.createdAt,
    key.expiresAt ?? null,
    key.revokedAt ?? null,
  ],
  row: nothing,
});
