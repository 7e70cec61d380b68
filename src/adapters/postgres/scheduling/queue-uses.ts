/** What queues used of late, and how many of their jobs were preempted in the last hour. */
import type { QueryResultRow } from 'pg';
import { statement } from '../statement.ts';

export interface KeptUse {
  readonly queue: string;
  readonly use: number;
  /** Epoch milliseconds of its last fold. */
  readonly at: number;
}

interface UseRow extends QueryResultRow, KeptUse {}

export const queueUses = statement({
  name: 'queue_uses',
  text: 'SELECT queue, use, at FROM queue_use ORDER BY queue',
  values: (_: undefined) => [],
  row: ({ queue, use, at }: UseRow): KeptUse => ({ queue, use, at }),
});

/** Under the lease, so that a deposed scheduler writes nothing. A queue that is gone is left out. */
export const keepUses = statement({
  name: 'queue_use_keep',
  text: `
    INSERT INTO queue_use (queue, use, at)
    SELECT given.queue, given.use, given.at
      FROM jsonb_to_recordset($1::jsonb) AS given (queue text, use bigint, at bigint)
      JOIN queue ON queue.name = given.queue
     WHERE EXISTS (SELECT FROM lease WHERE name = 'scheduler' AND holder = $2 AND epoch = $3
                      AND expires_at > clock_timestamp() FOR SHARE)
    ON CONFLICT (queue) DO UPDATE SET use = EXCLUDED.use, at = EXCLUDED.at`,
  values: ({ uses, holder, epoch }: { uses: readonly KeptUse[]; holder: string; epoch: number }) => [
    JSON.stringify(uses),
    holder,
    epoch,
  ],
  row: () => undefined,
  unaudited: 'a mean of what the rows say, kept so that a restart does not forget it',
});
