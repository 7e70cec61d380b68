/** Every queue, for a cycle. */
import type { Queue } from '../../../core/scheduling/queue.ts';
import { QUEUE_COLUMNS, type QueueRow, toQueue } from '../queues/queue-row.ts';
import { statement } from '../statement.ts';

export const allQueues = statement({
  name: 'snapshot_queues',
  text: `SELECT ${QUEUE_COLUMNS} FROM queue ORDER BY name`,
  values: (_: undefined) => [],
  row: (row: QueueRow): Queue => toQueue(row),
});
