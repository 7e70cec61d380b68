/** Gives the lease back early, so that another server need not wait for its end. */
import type { SchedulerLease } from '../../../ports/scheduler-store.ts';
import { WAKE_SCHEDULER } from '../channels.ts';
import { nothing, statement } from '../statement.ts';

export const releaseLease = statement({
  name: 'lease_release',
  text: `
    WITH released AS (
      UPDATE lease SET expires_at = clock_timestamp()
       WHERE name = 'scheduler' AND holder = $1 AND epoch = $2 AND expires_at > clock_timestamp()
      RETURNING name)
    SELECT ${WAKE_SCHEDULER} FROM released`,
  values: ({ holder, epoch }: SchedulerLease) => [holder, epoch],
  row: nothing,
  unaudited: 'a lease is no change',
});
