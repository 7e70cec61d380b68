/** Makes a queue or changes it, and wakes the scheduler: its limits may have moved. */
import type { Queue } from '../../../core/scheduling/queue.ts';
import { WAKE_SCHEDULER } from '../channels.ts';
import { cleanText, jsonText } from '../json-text.ts';
import { statement } from '../statement.ts';
import { policyOf, QUEUE_COLUMNS, type QueueRow, toQueue } from './queue-row.ts';

export const putQueue = statement({
  name: 'queue_put',
  text: `
    WITH put AS (
      INSERT INTO queue (name, labels, description, quota, max_running, state, created_at, parent, policy)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
      ON CONFLICT (name) DO UPDATE SET labels = EXCLUDED.labels, description = EXCLUDED.description,
        quota = EXCLUDED.quota, max_running = EXCLUDED.max_running, state = EXCLUDED.state,
        parent = EXCLUDED.parent, policy = EXCLUDED.policy
      RETURNING ${QUEUE_COLUMNS})
    SELECT ${QUEUE_COLUMNS}, ${WAKE_SCHEDULER} FROM put`,
  values: ({ queue, now }: { queue: Queue; now: number }) => [
    queue.name,
    jsonText(queue.labels),
    cleanText(queue.description),
    jsonText(queue.quota),
    queue.maxRunning ?? null,
    queue.state,
    now,
    queue.parent ?? null,
    jsonText(policyOf(queue)),
  ],
  row: (row: QueueRow) => toQueue(row),
});
