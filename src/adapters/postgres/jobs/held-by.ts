/** The jobs that hold processes on an agent. */
import { statement } from '../statement.ts';
import { type JobRow, LIVE_JOB, toJob } from './job-row.ts';

export const heldBy = statement({
  name: 'job_held_by',
  text: `SELECT ${LIVE_JOB} FROM job WHERE agent = $1 ORDER BY created_at, uid`,
  values: (agent: string) => [agent],
  row: (row: JobRow) => toJob(row),
});
