/** Removes an ended job's record, and the wish to fetch its files: nobody could ask for them. */
import { statement } from '../statement.ts';

export const removeJob = statement({
  name: 'job_remove',
  text: `
    WITH removed AS (DELETE FROM job_history WHERE uid = $1 RETURNING uid),
    forgotten AS (DELETE FROM collection WHERE job IN (SELECT uid FROM removed))
    SELECT uid FROM removed`,
  values: (uid: string) => [uid],
  row: (): true => true,
});
