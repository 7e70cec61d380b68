/** Grants a queue to a project, or changes the grant, and wakes the scheduler. */
import type { QueueGrant } from '../../../core/scheduling/queue.ts';
import { WAKE_SCHEDULER } from '../channels.ts';
import { statement } from '../statement.ts';
import { GRANT_COLUMNS, type GrantRow, toGrant } from './grant-row.ts';

export const putGrant = statement({
  name: 'grant_put',
  text: `
    WITH put AS (
      INSERT INTO queue_grant (project, queue, max_priority, created_at) VALUES ($1, $2, $3, $4)
      ON CONFLICT (project, queue) DO UPDATE SET max_priority = EXCLUDED.max_priority
      RETURNING ${GRANT_COLUMNS})
    SELECT ${GRANT_COLUMNS}, ${WAKE_SCHEDULER} FROM put`,
  values: ({ grant, now }: { grant: QueueGrant; now: number }) => [
    grant.project,
    grant.queue,
    grant.maxPriority,
    now,
  ],
  row: (row: GrantRow) => toGrant(row),
});
