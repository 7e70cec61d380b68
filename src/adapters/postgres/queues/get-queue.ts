/** One queue. */
import { statement } from '../statement.ts';
import { QUEUE_COLUMNS, type QueueRow, toQueue } from './queue-row.ts';

export const getQueue = statement({
  name: 'queue_get',
  text: `SELECT ${QUEUE_COLUMNS} FROM queue WHERE name = $1`,
  values: (name: string) => [name],
  row: (row: QueueRow) => toQueue(row),
});
