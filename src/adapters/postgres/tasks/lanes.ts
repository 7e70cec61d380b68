/**
 * Which lanes have something ready: a walk through `task_ready` that skips from lane to lane, so that it
 * costs as many steps as there are lanes, not tasks.
 */
import type { QueryResultRow } from 'pg';
import type { Lane } from '../../../ports/task-store.ts';
import { statement } from '../statement.ts';

interface LaneRow extends QueryResultRow {
  readonly queue: string;
  readonly handler: string;
  readonly fair_key: string;
}

export interface LaneWalk {
  readonly queue: string;
  readonly from?: Lane | undefined;
  readonly limit: number;
}

const READY = `state_name = 'pending' AND blocked IS NULL AND queue = $1`;
const LANE = 'handler, fair_key';

/** Of one queue, after a lane. */
export const lanesOf = statement<LaneWalk, LaneRow, Lane>({
  name: 'task_lanes',
  text: `
    WITH RECURSIVE lane AS (
      (SELECT ${LANE} FROM task WHERE ${READY} AND (${LANE}) > ($2, $3) ORDER BY ${LANE} LIMIT 1)
      UNION ALL
      SELECT n.* FROM lane l CROSS JOIN LATERAL (
        SELECT ${LANE} FROM task WHERE ${READY} AND (${LANE}) > (l.handler, l.fair_key)
         ORDER BY ${LANE} LIMIT 1) AS n
    )
    SELECT $1::text AS queue, ${LANE} FROM lane LIMIT $4`,
  values: ({ queue, from, limit }) => [queue, from?.handler ?? '', from?.fairKey ?? '', limit],
  row: ({ queue, handler, fair_key }) => ({ queue, handler, fairKey: fair_key }),
});
