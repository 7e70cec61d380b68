/** What waits, for a board that is made anew. */
import { statement } from '../statement.ts';
import { SCHEDULED_COLUMNS, type ScheduledRow, toPending } from './scheduled-job.ts';

export const pendingJobs = statement({
  name: 'snapshot_pending',
  text: `SELECT ${SCHEDULED_COLUMNS} FROM job WHERE state_name = 'pending' ORDER BY created_at, uid`,
  values: (_: undefined) => [],
  row: (row: ScheduledRow) => toPending(row),
});
