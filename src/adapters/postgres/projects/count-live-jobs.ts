/** A project's live jobs by state. */
import type { QueryResultRow } from 'pg';
import type { StateName } from '../../../core/job/state.ts';
import { statement } from '../statement.ts';

interface CountRow extends QueryResultRow {
  readonly state_name: StateName;
  readonly jobs: number;
}

export const countLiveJobs = statement({
  name: 'project_count_live_jobs',
  text: `
    SELECT state_name, sum(jobs)::bigint AS jobs FROM (
      SELECT state_name, count(*) AS jobs FROM job WHERE project = $1 GROUP BY state_name
      UNION ALL SELECT state_name, count(*) FROM task WHERE project = $1 GROUP BY state_name) AS live
     GROUP BY state_name`,
  values: (project: string) => [project],
  row: ({ state_name, jobs }: CountRow): [StateName, number] => [state_name, jobs],
});
