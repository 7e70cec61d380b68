/** The live job of a name, else the one that ended last. */
import { statement } from '../statement.ts';
import { ENDED_JOB, type JobRow, LIVE_JOB, toJob } from './job-row.ts';

export const getByName = statement({
  name: 'job_get_by_name',
  text: `
    SELECT ${LIVE_JOB} FROM job WHERE project = $1 AND name = $2
     UNION ALL (SELECT ${ENDED_JOB} FROM job_history WHERE project = $1 AND name = $2
                 ORDER BY ended_at DESC LIMIT 1)
     ORDER BY ended_at DESC NULLS FIRST LIMIT 1`,
  values: (named: { project: string; name: string }) => [named.project, named.name],
  row: (row: JobRow) => toJob(row),
});
