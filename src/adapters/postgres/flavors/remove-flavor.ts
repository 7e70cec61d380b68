/** Removes a flavor that no queue names. */
import type { QueryResultRow } from 'pg';
import { WAKE_SCHEDULER } from '../channels.ts';
import { statement } from '../statement.ts';

export interface FlavorRemoval {
  readonly removed: boolean;
  /** Queues that name it. */
  readonly queues: number;
}

interface RemovalRow extends QueryResultRow, FlavorRemoval {}

export const removeFlavor = statement({
  name: 'flavor_remove',
  text: `
    WITH used AS MATERIALIZED (
      SELECT count(*) AS queues FROM queue
       WHERE policy @> jsonb_build_object('flavors', jsonb_build_array(jsonb_build_object('flavor', $1::text)))
    ), removed AS (
      DELETE FROM flavor f USING used WHERE f.name = $1 AND queues = 0 RETURNING f.name
    )
    SELECT queues, EXISTS (SELECT FROM removed) AS removed, ${WAKE_SCHEDULER} FROM used`,
  values: (name: string) => [name],
  row: ({ removed, queues }: RemovalRow): FlavorRemoval => ({ removed, queues }),
  changed: ([removal]) => removal?.removed ?? false,
});
