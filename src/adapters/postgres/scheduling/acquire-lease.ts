/**
 * Takes the lease when it is free or over, renews it when it is ours. Time is the database's, so that
 * servers need not agree on theirs. A lease that was over is a new one, even for the same holder; and one
 * that ends later than any can be given is over as well: the database's clock was set back.
 */
import type { QueryResultRow } from 'pg';
import type { SchedulerLease } from '../../../ports/scheduler-store.ts';
import { statement } from '../statement.ts';

interface LeaseRow extends QueryResultRow {
  readonly holder: string;
  readonly epoch: number;
  readonly expires_at: number;
}

export const acquireLease = statement({
  name: 'lease_acquire',
  text: `
    INSERT INTO lease AS l (name, holder, epoch, expires_at)
    VALUES ('scheduler', $1, 1, clock_timestamp() + $2::double precision * interval '1 millisecond')
    ON CONFLICT (name) DO UPDATE SET holder = EXCLUDED.holder, expires_at = EXCLUDED.expires_at,
      epoch = CASE WHEN l.holder = EXCLUDED.holder AND l.expires_at > clock_timestamp()
                   THEN l.epoch ELSE l.epoch + 1 END
    WHERE l.holder = EXCLUDED.holder OR l.expires_at <= clock_timestamp()
       OR l.expires_at > clock_timestamp() + $2::double precision * interval '1 millisecond' + interval '1 minute'
    RETURNING holder, epoch, floor(extract(epoch FROM expires_at) * 1000)::bigint AS expires_at`,
  values: ({ holder, ttlMs }: { holder: string; ttlMs: number }) => [holder, ttlMs],
  row: ({ holder, epoch, expires_at }: LeaseRow): SchedulerLease => ({
    holder,
    epoch,
    expiresAt: expires_at,
  }),
  unaudited: 'a lease is no change',
});
