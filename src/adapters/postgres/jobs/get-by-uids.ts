/** Live jobs, whole. */
import { statement } from '../statement.ts';
import { type JobRow, LIVE_JOB, toJob } from './job-row.ts';

export const getByUids = statement({
  name: 'job_get_by_uids',
  text: `SELECT ${LIVE_JOB} FROM job WHERE uid = ANY ($1::uuid[])`,
  values: (uids: readonly string[]) => [uids],
  row: (row: JobRow) => toJob(row),
});
