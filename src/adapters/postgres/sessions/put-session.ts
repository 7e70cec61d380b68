/** Keeps a sign-in. */
import type { SessionRecord } from '../../../ports/session-store.ts';
import { cleanText, jsonText } from '../json-text.ts';
import { statement } from '../statement.ts';

export const putSession = statement({
  name: 'session_put',
  text: `
    INSERT INTO session (id, subject, groups, method, created_at, expires_at, used_at, prefix, hmac)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (id) DO NOTHING RETURNING id`,
  values: (session: SessionRecord) => [
    session.id,
    cleanText(session.subject),
    jsonText(session.groups),
    session.method,
    session.createdAt,
    session.expiresAt,
    session.usedAt,
    session.refresh?.prefix ?? null,
    session.refresh ? Buffer.from(session.refresh.hmac) : null,
  ],
  row: (): true => true,
});
