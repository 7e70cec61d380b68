/** A page of grants by project and queue. */
import { statement } from '../statement.ts';
import { GRANT_COLUMNS, type GrantRow, toGrant } from './grant-row.ts';

export interface GrantPage {
  readonly after: readonly [project: string, queue: string];
  readonly limit: number;
}

export const listGrants = statement({
  name: 'grant_list',
  text: `
    SELECT ${GRANT_COLUMNS} FROM queue_grant
     WHERE (project, queue) > ($1, $2) ORDER BY project, queue LIMIT $3`,
  values: ({ after, limit }: GrantPage) => [...after, limit],
  row: (row: GrantRow) => toGrant(row),
});
