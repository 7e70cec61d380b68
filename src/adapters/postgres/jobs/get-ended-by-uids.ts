/** Ended jobs, whole. */
import { statement } from '../statement.ts';
import { ENDED_JOB, type JobRow, toJob } from './job-row.ts';

export const getEndedByUids = statement({
  name: 'job_get_ended_by_uids',
  text: `SELECT ${ENDED_JOB} FROM job_history WHERE uid = ANY ($1::uuid[])`,
  values: (uids: readonly string[]) => [uids],
  row: (row: JobRow) => toJob(row),
});
