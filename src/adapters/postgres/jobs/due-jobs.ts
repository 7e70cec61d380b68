/** Live jobs whose time has come, and ended ones whose time to live is over. */
import { statement } from '../statement.ts';
import { ENDED_JOB, type JobRow, LIVE_JOB, toJob } from './job-row.ts';

export const dueJobs = statement({
  name: 'job_due',
  text: `
    (SELECT ${LIVE_JOB}, due_at FROM job WHERE due_at <= $1 ORDER BY due_at LIMIT $2)
     UNION ALL
    (SELECT ${ENDED_JOB}, due_at FROM job_history WHERE due_at <= $1 ORDER BY due_at LIMIT $2)
     ORDER BY due_at LIMIT $2`,
  values: (by: { now: number; limit: number }) => [Math.floor(by.now), by.limit],
  row: (row: JobRow) => toJob(row),
});
