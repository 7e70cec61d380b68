/** How a session is read. */
import type { QueryResultRow } from 'pg';
import type { SessionRecord } from '../../../ports/session-store.ts';
import { type PreviousColumns, toPrevious } from '../keys/key-row.ts';

export const SESSION_COLUMNS = `id, subject, groups, method, created_at, expires_at, used_at, ended_at,
  prefix, hmac, previous_prefix, previous_hmac, previous_until`;

export interface SessionRow extends QueryResultRow, PreviousColumns {
  readonly id: string;
  readonly subject: string;
  readonly groups: readonly string[];
  readonly method: string;
  readonly created_at: number;
  readonly expires_at: number;
  readonly used_at: number;
  readonly ended_at: number | null;
  readonly prefix: string | null;
  readonly hmac: Buffer | null;
}

export function toSession(row: SessionRow): SessionRecord {
  const { prefix, hmac } = row;
  return {
    id: row.id,
    subject: row.subject,
    groups: row.groups,
    method: row.method,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    endedAt: row.ended_at ?? undefined,
    refresh: prefix === null || hmac === null ? undefined : { prefix, hmac: new Uint8Array(hmac) },
    previous: toPrevious(row),
  };
}
