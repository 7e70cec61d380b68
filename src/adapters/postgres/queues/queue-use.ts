/**
 * What queues hold, derived from the rows of their live jobs: nothing is counted beside them. Of an elastic gang
 * it is what its attempt was admitted with.
 */
import type { QueryResultRow } from 'pg';
import type { QueueUse } from '../../../ports/queue-store.ts';
import { statement } from '../statement.ts';

interface UseRow extends QueryResultRow, QueueUse {
  readonly queue: string;
}

/** A queue of a million tasks says that there are this many: counting on would be felt by who runs them. */
const MOST_COUNTED = 100_000;

export const queueUse = statement({
  name: 'queue_use',
  text: `
    WITH live AS MATERIALIZED (
      SELECT queue, state_name, agent, CASE WHEN agent IS NOT NULL THEN gang END AS gang,
             CASE WHEN agent IS NOT NULL THEN attempts -> -1 -> 'size' END AS size
        FROM job WHERE queue = ANY ($1::text[])
    ), amounts AS (
      SELECT queue, request.key AS resource,
             sum(coalesce((size ->> (nth::integer - 1))::bigint, (member.body ->> 'count')::bigint) * request.value::bigint) AS amount
        FROM live, jsonb_array_elements(gang) WITH ORDINALITY AS member (body, nth),
             jsonb_each_text(member.body -> 'requests') AS request
       WHERE agent IS NOT NULL
       GROUP BY queue, request.key
    ), used AS (
      SELECT queue, jsonb_object_agg(resource, amount) AS used FROM amounts GROUP BY queue
    )
    SELECT asked.name AS queue,
           (SELECT count(*) FROM live l WHERE l.queue = asked.name AND state_name = 'pending') + waiting AS pending,
           (SELECT count(agent) FROM live l WHERE l.queue = asked.name) + leased AS holding,
           coalesce(used, '{}') || CASE WHEN leased > 0 THEN jsonb_build_object('tasks', leased) ELSE '{}' END AS used
      FROM unnest($1::text[]) AS asked (name)
      LEFT JOIN used ON used.queue = asked.name
     CROSS JOIN LATERAL (SELECT count(*) AS leased FROM task t WHERE t.queue = asked.name AND t.worker IS NOT NULL) AS l
     CROSS JOIN LATERAL (SELECT count(*) AS waiting FROM (
       SELECT FROM task t WHERE t.queue = asked.name AND t.state_name = 'pending' LIMIT ${MOST_COUNTED}) AS w) AS w`,
  values: (names: readonly string[]) => [names],
  row: ({ queue, pending, holding, used }: UseRow): [string, QueueUse] => [queue, { pending, holding, used }],
});
