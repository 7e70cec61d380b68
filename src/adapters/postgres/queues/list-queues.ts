/** A page of queues by name. */
import type { NamedPage } from '../named-page.ts';
import { statement } from '../statement.ts';
import { QUEUE_COLUMNS, type QueueRow, toQueue } from './queue-row.ts';

export const listQueues = statement({
  name: 'queue_list',
  text: `SELECT ${QUEUE_COLUMNS} FROM queue WHERE name > $1 ORDER BY name LIMIT $2`,
  values: ({ after, limit }: NamedPage) => [after, limit],
  row: (row: QueueRow) => toQueue(row),
});
