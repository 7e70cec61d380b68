/** Decisions in their order, from the last base at or before a number on. */
import type { QueryResultRow } from 'pg';
import type { KeptDecision } from '../../../ports/scheduler-store.ts';
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
     WHERE seq >= coalesce((SELECT max(seq) FROM scheduling_decision WHERE kind = 'base' AND seq <= $1), $1)
     ORDER BY seq LIMIT $2`,
  values: ({ from, limit }: { from: number; limit: number }) => [from, limit],
  row: ({ seq, kind, version, at, body }: DecisionRow): KeptDecision => ({ seq, kind, version, at, body }),
});
