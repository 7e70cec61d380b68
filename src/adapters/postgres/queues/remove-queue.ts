/** Removes a queue that neither a live job nor a grant uses. */
import type { QueryResultRow } from 'pg';
import { WAKE_SCHEDULER } from '../channels.ts';
import { statement } from '../statement.ts';

export interface QueueRemoval {
  readonly removed: boolean;
  /** What keeps it. */
  readonly jobs: number;
  readonly grants: number;
  readonly children: number;
}

interface RemovalRow extends QueryResultRow, QueueRemoval {}

export const removeQueue = statement({
  name: 'queue_remove',
  text: `
    WITH used AS MATERIALIZED (
      SELECT (SELECT count(*) FROM job WHERE queue = $1) AS jobs,
             (SELECT count(*) FROM queue_grant WHERE queue = $1) AS grants,
             (SELECT count(*) FROM queue WHERE parent = $1) AS children
    ), removed AS (
      DELETE FROM queue q USING used WHERE q.name = $1 AND jobs = 0 AND grants = 0 AND children = 0 RETURNING q.name
    )
    SELECT jobs, grants, children, EXISTS (SELECT FROM removed) AS removed, ${WAKE_SCHEDULER} FROM used`,
  values: (name: string) => [name],
  row: ({ removed, jobs, grants, children }: RemovalRow): QueueRemoval => ({
    removed,
    jobs,
    grants,
    children,
  }),
  changed: ([removal]) => removal?.removed ?? false,
});
