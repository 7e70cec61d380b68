/** Makes a queue or changes it, and wakes the scheduler: its limits may have moved. */
import type { Queue } from '../../../core/scheduling/queue.ts';
import { WAKE_SCHEDULER } from '../channels.ts';
import { cleanText, jsonText } from '../json-text.ts';
import { statement } from '../statement.ts';
import { QUEUE_COLUMNS, type QueueRow, toQueue } from './queue-row.ts';

export const putQueue = statement({
  name: 'queue_put',
  text: `
    WITH put AS (
      INSERT INTO queue (name, labels, description, quota, max_running, state, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      ON CONFLICT (name) DO UPDATE SET labels = EXCLUDED.labels, description = EXCLUDED.description,
        quota = EXCLUDED.quota, max_running = EXCLUDED.max_running, state = EXCLUDED.state
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
  ],
  row: (row: QueueRow) => toQueue(row),
});
