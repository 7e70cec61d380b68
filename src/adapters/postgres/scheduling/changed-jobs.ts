/** Jobs by uid as they are now, for a board that is kept: those that neither wait nor hold have no row. */
import { statement } from '../statement.ts';
import { SCHEDULED_COLUMNS, type ScheduledRow, toHolding, toPending } from './scheduled-job.ts';

export const changedJobs = statement({
  name: 'snapshot_changed',
  text: `
    SELECT ${SCHEDULED_COLUMNS} FROM job
     WHERE uid = ANY ($1::uuid[]) AND (state_name = 'pending' OR agent IS NOT NULL)`,
  values: (uids: readonly string[]) => [uids],
  row: (row: ScheduledRow) =>
    row.agent === null ? { pending: toPending(row) } : { holding: toHolding(row) },
});
