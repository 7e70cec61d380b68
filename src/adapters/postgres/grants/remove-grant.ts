/** Takes a grant back, and wakes the scheduler: jobs that wait under it have another reason now. */
import { WAKE_SCHEDULER } from '../channels.ts';
import { statement } from '../statement.ts';

export const removeGrant = statement({
  name: 'grant_remove',
  text: `
    WITH removed AS (DELETE FROM queue_grant WHERE project = $1 AND queue = $2 RETURNING queue)
    SELECT ${WAKE_SCHEDULER} FROM removed`,
  values: (of: { project: string; queue: string }) => [of.project, of.queue],
  row: (): true => true,
});
