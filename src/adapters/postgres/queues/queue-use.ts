/** What queues hold, derived from the rows of their live jobs: nothing is counted beside them. */
import type { QueryResultRow } from 'pg';
import type { QueueUse } from '../../../ports/queue-store.ts';
import { statement } from '../statement.ts';

interface UseRow extends QueryResultRow, QueueUse {
  readonly queue: string;
}

export const queueUse = statement({
  name: 'queue_use',
  text: `
    WITH live AS MATERIALIZED (
      SELECT queue, state_name, agent, CASE WHEN agent IS NOT NULL THEN gang END AS gang
        FROM job WHERE queue = ANY ($1::text[])
    ), amounts AS (
      SELECT queue, request.key AS resource, sum((member.body ->> 'count')::bigint * request.value::bigint) AS amount
        FROM live, jsonb_array_elements(gang) AS member (body),
             jsonb_each_text(member.body -> 'requests') AS request
       WHERE agent IS NOT NULL
       GROUP BY queue, request.key
    ), used AS (
      SELECT queue, jsonb_object_agg(resource, amount) AS used FROM amounts GROUP BY queue
    )
    SELECT queue, count(*) FILTER (WHERE state_name = 'pending') AS pending,
           count(agent) AS holding, coalesce(used, '{}') AS used
      FROM live LEFT JOIN used USING (queue)
     GROUP BY queue, used`,
  values: (names: readonly string[]) => [names],
  row: ({ queue, pending, holding, used }: UseRow): [string, QueueUse] => [queue, { pending, holding, used }],
});
