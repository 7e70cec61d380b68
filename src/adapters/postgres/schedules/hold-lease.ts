/** Holds the scheduling lease until the transaction ends, if it still is what it was: whoever takes it over waits. */
import type { SchedulerLease } from '../../../ports/scheduler-store.ts';
import { statement } from '../statement.ts';

export const holdLease = statement({
  name: 'schedule_hold_lease',
  text: `
    SELECT holder FROM lease WHERE name = 'scheduler' AND holder = $1 AND epoch = $2
       AND expires_at > clock_timestamp() FOR SHARE`,
  values: ({ holder, epoch }: Pick<SchedulerLease, 'holder' | 'epoch'>) => [holder, epoch],
  row: (): true => true,
});
