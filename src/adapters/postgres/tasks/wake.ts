/** Delays that are over. Many at once may end, so they are taken in batches, oldest first. */
import type { QueryResultRow } from 'pg';
import { CHANNELS } from '../channels.ts';
import { statement } from '../statement.ts';

interface Waking {
  readonly now: number;
  readonly limit: number;
  readonly hint: string;
}

interface WokenRow extends QueryResultRow {
  readonly count: number;
  readonly queues: readonly string[];
}

/** A deadline that is still to come is the task's next time. */
export const wakeTasks = statement<Waking, WokenRow, WokenRow>({
  name: 'task_wake',
  text: `
    WITH due AS MATERIALIZED (
      SELECT uid FROM task WHERE due_at <= $1 AND blocked = 'delay' AND state_name = 'pending'
         AND (NOT due_rule OR (spec ->> 'startAfter')::bigint <= $1)
       ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
    ), woken AS MATERIALIZED (
      UPDATE task t SET due_at = CASE WHEN t.due_rule THEN least(t.created_at + (t.spec ->> 'deadlineMs')::bigint,
          greatest(t.created_at, (t.spec ->> 'startAfter')::bigint) + (t.spec ->> 'startDeadlineMs')::bigint) END,
        blocked = CASE WHEN t.waits > 0 THEN 'tasks' WHEN t.gate IS NOT NULL THEN 'gate' END
        FROM due WHERE t.uid = due.uid
      RETURNING t.queue
    ), signals AS MATERIALIZED (
      SELECT pg_notify('${CHANNELS.task}', $3::text || E'\\n' || string_agg(DISTINCT queue, E'\\n')) FROM woken
      HAVING count(*) > 0)
    SELECT count(*)::integer AS count, array_agg(DISTINCT queue) FILTER (WHERE queue IS NOT NULL) AS queues,
           (SELECT count(*) FROM signals) AS signals
      FROM woken`,
  values: ({ now, limit, hint }) => [Math.floor(now), limit, hint],
  row: ({ count, queues }) => ({ count, queues: queues ?? [] }),
  unaudited: 'a delay that ends was asked for when the task was submitted',
});
