/** Those of some jobs that have not ended: the live tables hold no others. */
import type { QueryResultRow } from 'pg';
import { statement } from '../statement.ts';

export const liveJobs = statement({
  name: 'schedule_live_jobs',
  text: `
    SELECT uid FROM job WHERE uid = ANY ($1::uuid[])
    UNION ALL SELECT uid FROM task WHERE uid = ANY ($1::uuid[])`,
  values: (uids: readonly string[]) => [uids],
  row: ({ uid }: QueryResultRow & { readonly uid: string }) => uid,
});
