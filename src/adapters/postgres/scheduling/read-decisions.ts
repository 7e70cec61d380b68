/** Decisions in their order, from a number on, or from the last base at or before it. */
import type { QueryResultRow } from 'pg';
import type { DecisionPage, KeptDecision } from '../../../ports/scheduler-store.ts';
import { statement } from '../statement.ts';

interface DecisionRow extends QueryResultRow {
  readonly seq: number;
  readonly kind: KeptDecision['kind'];
  readonly version: string;
  readonly at: number;
  readonly body: Buffer;
}

export const readDecisions = statement({
  name: 'decision_read',
  text: `
    SELECT seq, kind, version, at, body FROM scheduling_decision
     WHERE seq >= CASE WHEN $3::boolean
             THEN coalesce((SELECT max(seq) FROM scheduling_decision WHERE kind = 'base' AND seq <= $1), $1)
             ELSE $1 END
     ORDER BY seq LIMIT $2`,
  values: ({ from, limit, base }: DecisionPage) => [from, limit, base],
  row: ({ seq, kind, version, at, body }: DecisionRow): KeptDecision => ({ seq, kind, version, at, body }),
});
