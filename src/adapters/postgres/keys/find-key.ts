/** The key that has a prefix, also when it has ended: the caller decides what that means. */
import type { QueryResultRow } from 'pg';
import type { KeyRecord } from '../../../ports/key-store.ts';
import { statement } from '../statement.ts';

interface KeyRow extends QueryResultRow {
  readonly id: string;
  readonly prefix: string;
  readonly hmac: Buffer;
  readonly name: string;
  readonly roles: KeyRecord['roles'];
  readonly scope: KeyRecord['scope'];
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
}

export const findKey = statement({
  name: 'key_find',
  text: `
    SELECT id, prefix, hmac, name, roles, scope, created_at, expires_at, revoked_at
      FROM api_key WHERE prefix = $1`,
  values: (prefix: string) => [prefix],
  row: (row: KeyRow): KeyRecord => ({
    id: row.id,
    prefix: row.prefix,
    hmac: new Uint8Array(row.hmac),
    name: row.name,
    roles: row.roles,
    scope: row.scope,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  }),
});
