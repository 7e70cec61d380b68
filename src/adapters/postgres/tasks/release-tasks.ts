/**
 * What follows from the end of tasks that others are linked to. It is a statement of its own, after the one that
 * ended them and in its transaction: whoever linked to a task while that one waited for its row has committed
 * by now, and is seen.
 *
 * Dependents are one task nearer, and ready when it was the last. Two transactions that end two tasks of one
 * dependent wait for each other on its row, and the second counts on from what the first left. Keys that were
 * unique until the end are free again; a task's own dependencies were needed until now.
 */
import type { QueryResultRow } from 'pg';
import { CHANNELS } from '../channels.ts';
import { statement } from '../statement.ts';

interface Releasing {
  readonly succeeded: readonly string[];
  /** Only dependents that run in spite of it come nearer by these. */
  readonly others: readonly string[];
  readonly hint: string;
}

interface FreedRow extends QueryResultRow {
  readonly queues: readonly string[] | null;
}

export const releaseTasks = statement<Releasing, FreedRow, readonly string[]>({
  name: 'task_release',
  text: `
    WITH nearer AS MATERIALIZED (
      SELECT d.dependent, count(*)::integer AS by FROM task_dependency d
       WHERE d.on_uid = ANY ($1::uuid[]) OR (d.on_uid = ANY ($2::uuid[]) AND EXISTS (
         SELECT FROM task t WHERE t.uid = d.dependent AND t.spec #>> '{task,onDependencyFailure}' = 'run'))
       GROUP BY d.dependent
    ), freed AS MATERIALIZED (
      UPDATE task t SET waits = t.waits - n.by,
        blocked = CASE WHEN t.blocked = 'tasks' AND t.waits - n.by <= 0
                       THEN CASE WHEN t.gate IS NOT NULL THEN 'gate' END ELSE t.blocked END
        FROM nearer n WHERE t.uid = n.dependent
      RETURNING t.queue, t.gate
    ), unbound AS (
      DELETE FROM task_unique WHERE until IS NULL AND uid = ANY ($1::uuid[] || $2::uuid[])
    ), forgotten AS (
      DELETE FROM task_dependency WHERE dependent = ANY ($1::uuid[] || $2::uuid[])
    ), signals AS MATERIALIZED (
      SELECT pg_notify('${CHANNELS.task}', $3::text || E'\\n' || string_agg(DISTINCT queue, E'\\n')) FROM freed
      HAVING count(*) > 0
      UNION ALL SELECT pg_notify('${CHANNELS.gate}', '') WHERE EXISTS (SELECT FROM freed WHERE gate IS NOT NULL))
    SELECT array_agg(DISTINCT queue) AS queues, (SELECT count(*) FROM signals) AS signals FROM freed`,
  values: ({ succeeded, others, hint }) => [succeeded, others, hint],
  row: ({ queues }) => queues ?? [],
  unaudited: 'what ended and what depended on it is audited where each was asked for',
});
