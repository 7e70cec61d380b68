/** Removes a custom role that no binding and no living key has. */
import type { QueryResultRow } from 'pg';
import { TELL_IDENTITY } from '../channels.ts';
import { statement } from '../statement.ts';

interface RemovalRow extends QueryResultRow {
  readonly users: number;
  readonly removed: boolean;
}

export const removeRole = statement({
  name: 'role_remove',
  text: `
    WITH users AS MATERIALIZED (
      SELECT (SELECT count(*) FROM role_binding WHERE role = $1)
           + (SELECT count(*) FROM api_key WHERE revoked_at IS NULL AND roles @> to_jsonb(ARRAY[$1::text])) AS users
    ), removed AS (
      DELETE FROM custom_role r USING users WHERE r.name = $1 AND users.users = 0
      RETURNING r.name, ${TELL_IDENTITY}
    )
    SELECT users, EXISTS (SELECT FROM removed) AS removed FROM users`,
  values: (name: string) => [name],
  row: ({ users, removed }: RemovalRow) => ({ users, removed }),
});
