/** What changes about a session: its refresh secret (compare-and-set), its end, and that it is forgotten. */
import type { QueryResultRow } from 'pg';
import type { Refreshing } from '../../../ports/session-store.ts';
import { TELL_IDENTITY } from '../channels.ts';
import { statement } from '../statement.ts';
import { SESSION_COLUMNS, type SessionRow, toSession } from './session-row.ts';

export const refreshSession = statement({
  name: 'session_refresh',
  text: `
    UPDATE session SET previous_prefix = prefix, previous_hmac = hmac, previous_until = $5,
           prefix = $3, hmac = $4, used_at = $6
     WHERE id = $1 AND prefix = $2 AND ended_at IS NULL AND expires_at > $6
    RETURNING ${SESSION_COLUMNS}`,
  values: ({ id, from, to, oldUntil, now }: Refreshing & { id: string }) => [
    id,
    from,
    to.prefix,
    Buffer.from(to.hmac),
    oldUntil,
    now,
  ],
  row: (row: SessionRow) => toSession(row),
});

export const endSession = statement({
  name: 'session_end',
  text: `
    UPDATE session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL AND expires_at > $2
    RETURNING ${TELL_IDENTITY}`,
  values: ({ id, now }: { id: string; now: number }) => [id, now],
  row: (): true => true,
});

interface CountRow extends QueryResultRow {
  readonly count: number;
}

export const pruneSessions = statement({
  name: 'session_prune',
  unaudited: 'its end was audited; this only forgets it',
  text: `
    WITH gone AS (DELETE FROM session WHERE expires_at < $1 OR ended_at < $1 RETURNING id)
    SELECT count(*) AS count FROM gone`,
  values: (before: number) => [before],
  row: ({ count }: CountRow) => count,
});
