/** Removes a project that has no live job, with its grants. */
import type { QueryResultRow } from 'pg';
import { statement } from '../statement.ts';

export interface ProjectRemoval {
  readonly removed: boolean;
  /** Live jobs that keep it. */
  readonly live: number;
}

interface RemovalRow extends QueryResultRow, ProjectRemoval {}

export const removeProject = statement({
  name: 'project_remove',
  text: `
    WITH live AS MATERIALIZED (SELECT count(*) AS live FROM job WHERE project = $1),
    removed AS (
      DELETE FROM project p USING live WHERE p.name = $1 AND live.live = 0 RETURNING p.name
    ), ungranted AS (
      DELETE FROM queue_grant g USING removed WHERE g.project = removed.name
    )
    SELECT live, EXISTS (SELECT FROM removed) AS removed FROM live`,
  values: (name: string) => [name],
  row: ({ removed, live }: RemovalRow): ProjectRemoval => ({ removed, live }),
  changed: ([removal]) => removal?.removed ?? false,
});
