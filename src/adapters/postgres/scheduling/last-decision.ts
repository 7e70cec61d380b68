/** The number of the latest decision; 0 when there is none. */
import type { QueryResultRow } from 'pg';
import { statement } from '../statement.ts';

interface LastRow extends QueryResultRow {
  readonly seq: number;
}

export const lastDecision = statement({
  name: 'decision_last',
  text: 'SELECT coalesce(max(seq), 0) AS seq FROM scheduling_decision',
  values: (_: undefined) => [],
  row: ({ seq }: LastRow) => seq,
});
