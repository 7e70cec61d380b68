/** Slices of task capacity: written under the scheduling lease, locked and read by claims. */
import type { QueryResultRow } from 'pg';
import type { TaskSlice } from '../../../ports/task-store.ts';
import { nothing, statement } from '../statement.ts';

interface Granting {
  readonly lease: { readonly holder: string; readonly epoch: number };
  readonly slices: readonly TaskSlice[];
  readonly now: number;
}

/** All slices there are to be: those of queues that are gone go with them. */
export const grantSlices = statement<Granting, QueryResultRow & { leased: boolean }, boolean>({
  name: 'task_slices_grant',
  text: `
    WITH held_lease AS MATERIALIZED (
      SELECT FROM lease WHERE name = 'scheduler' AND holder = $1 AND epoch = $2
         AND expires_at > clock_timestamp() FOR SHARE
    ), wanted AS MATERIALIZED (
      SELECT w.* FROM held_lease, unnest($3::text[], $4::integer[]) AS w (queue, slots)
    ), granted AS (
      INSERT INTO task_slice AS s (queue, slots, granted_at) SELECT queue, slots, $5::bigint FROM wanted ORDER BY queue
      ON CONFLICT (queue) DO UPDATE SET slots = EXCLUDED.slots, granted_at = EXCLUDED.granted_at
       WHERE s.slots IS DISTINCT FROM EXCLUDED.slots
    ), withdrawn AS (
      DELETE FROM task_slice s USING held_lease WHERE s.queue NOT IN (SELECT queue FROM wanted)
    )
    SELECT EXISTS (SELECT FROM held_lease) AS leased`,
  values: ({ lease, slices, now }) => [
    lease.holder,
    lease.epoch,
    slices.map(({ queue }) => queue),
    slices.map(({ slots }) => slots),
    Math.ceil(now),
  ],
  row: ({ leased }) => leased,
  unaudited: 'a slice follows from the quota of its queue, which is audited when it changes',
});

export const allSlices = statement<undefined, QueryResultRow & TaskSlice, TaskSlice>({
  name: 'task_slices',
  text: 'SELECT queue, slots FROM task_slice',
  values: () => [],
  row: ({ queue, slots }) => ({ queue, slots }),
});

/** In one order, so that two replicas never wait for each other. */
export const lockSlices = statement({
  name: 'task_slices_lock',
  text: 'SELECT queue FROM task_slice WHERE queue = ANY ($1::text[]) ORDER BY queue FOR NO KEY UPDATE',
  values: (queues: readonly string[]) => [queues],
  row: nothing,
});
