/** How a key is read. */
import type { QueryResultRow } from 'pg';
import type { KeyRecord } from '../../../ports/key-store.ts';

export const KEY_COLUMNS = `id, prefix, hmac, name, roles, scope, created_at, created_by, expires_at, revoked_at,
  previous_prefix, previous_hmac, previous_until`;

export interface KeyRow extends QueryResultRow, PreviousColumns {
  readonly id: string;
  readonly prefix: string;
  readonly hmac: Buffer;
  readonly name: string;
  readonly roles: KeyRecord['roles'];
  readonly scope: KeyRecord['scope'];
  readonly created_at: number;
  readonly created_by: string | null;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
}

/** The secret before the last rotation, of keys and sessions alike. */
export interface PreviousColumns {
  readonly previous_prefix: string | null;
  readonly previous_hmac: Buffer | null;
  readonly previous_until: number | null;
}

export function toKey(row: KeyRow): KeyRecord {
  return {
    id: row.id,
    prefix: row.prefix,
    hmac: new Uint8Array(row.hmac),
    name: row.name,
    roles: row.roles,
    scope: row.scope,
    createdAt: row.created_at,
    createdBy: row.created_by ?? undefined,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    previous: toPrevious(row),
  };
}

export function toPrevious(row: PreviousColumns): KeyRecord['previous'] {
  if (row.previous_prefix === null || row.previous_hmac === null) return undefined;
  return {
    prefix: row.previous_prefix,
    hmac: new Uint8Array(row.previous_hmac),
    until: row.previous_until ?? 0,
  };
}
