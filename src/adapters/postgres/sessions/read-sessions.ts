/** Sessions: one by id or by its refresh secret's prefix, and a page of the living ones, newest first. */
import { statement } from '../statement.ts';
import { SESSION_COLUMNS, type SessionRow, toSession } from './session-row.ts';

const row = (found: SessionRow) => toSession(found);

export const getSession = statement({
  name: 'session_get',
  text: `SELECT ${SESSION_COLUMNS} FROM session WHERE id = $1`,
  values: (id: string) => [id],
  row,
});

export const findSession = statement({
  name: 'session_find',
  text: `SELECT ${SESSION_COLUMNS} FROM session WHERE prefix = $1 OR previous_prefix = $1`,
  values: (prefix: string) => [prefix],
  row,
});

export interface SessionPage {
  readonly subject?: string | undefined;
  readonly now: number;
  readonly before?: readonly [createdAt: number, id: string] | undefined;
  readonly limit: number;
}

export const listSessions = statement({
  name: 'session_list',
  text: `
    SELECT ${SESSION_COLUMNS} FROM session
     WHERE ended_at IS NULL AND expires_at > $1 AND ($2::text IS NULL OR subject = $2)
       AND ($3::bigint IS NULL OR (created_at, id) < ($3::bigint, $4::text))
     ORDER BY created_at DESC, id DESC LIMIT $5`,
  values: ({ now, subject, before, limit }: SessionPage) => [
    now,
    subject ?? null,
    before?.[0] ?? null,
    before?.[1] ?? null,
    limit,
  ],
  row,
});
