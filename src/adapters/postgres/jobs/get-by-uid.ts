/** A job, live or ended. */
import { statement } from '../statement.ts';
import { ENDED_JOB, type JobRow, LIVE_JOB, toJob } from './job-row.ts';

export const getByUid = statement({
  name: 'job_get_by_uid',
  text: `
    SELECT ${LIVE_JOB} FROM job WHERE uid = $1
     UNION ALL SELECT ${ENDED_JOB} FROM job_history WHERE uid = $1`,
  values: (uid: string) => [uid],
  row: (row: JobRow) => toJob(row),
});
