/** What holds quota and capacity, for a board that is made anew. */
import { statement } from '../statement.ts';
import { SCHEDULED_COLUMNS, type ScheduledRow, toHolding } from './scheduled-job.ts';

export const holdingJobs = statement({
  name: 'snapshot_holding',
  text: `SELECT ${SCHEDULED_COLUMNS} FROM job WHERE agent IS NOT NULL ORDER BY created_at, uid`,
  values: (_: undefined) => [],
  row: (row: ScheduledRow) => toHolding(row),
});
