/** A page of grants by project and queue. */
import { statement } from '../statement.ts';
import { GRANT_COLUMNS, type GrantRow, toGrant } from './grant-row.ts';

export interface GrantPage {
  readonly after: readonly [project: string, queue: string];
  readonly limit: number;
  readonly projects?: readonly string[] | undefined;
}

export const listGrants = statement({
  name: 'grant_list',
  text: `
    SELECT ${GRANT_COLUMNS} FROM queue_grant
     WHERE (project, queue) > ($1, $2) AND ($4::text[] IS NULL OR project = ANY ($4::text[]))
     ORDER BY project, queue LIMIT $3`,
  values: ({ after, limit, projects }: GrantPage) => [...after, limit, projects ?? null],
  row: (row: GrantRow) => toGrant(row),
});
