/** Removes decisions that are older than is kept, but for those that the first which stays is made on. */
import type { QueryResultRow } from 'pg';
import { statement } from '../statement.ts';

interface PrunedRow extends QueryResultRow {
  readonly pruned: number;
}

export const pruneDecisions = statement({
  name: 'decision_prune',
  text: `
    WITH stays AS (
      SELECT coalesce(max(seq), 0) AS seq FROM scheduling_decision WHERE kind = 'base' AND at < $1
    ), removed AS (
      DELETE FROM scheduling_decision d USING stays WHERE d.seq < stays.seq RETURNING d.seq
    )
    SELECT count(*) AS pruned FROM removed`,
  values: (before: number) => [before],
  row: ({ pruned }: PrunedRow) => pruned,
  unaudited: 'retention, as configured',
});
