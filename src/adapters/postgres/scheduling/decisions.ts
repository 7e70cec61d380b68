/** The `DecisionStore` port over PostgreSQL. Decisions are inserted with the plan that they are (`apply-plan.ts`). */
import type { QueryResultRow } from 'pg';
import type { DecisionStore, KeptDecision } from '../../../ports/scheduler-store.ts';
import type { Database } from '../database.ts';
import { statement } from '../statement.ts';

interface LastRow extends QueryResultRow {
  readonly seq: number;
}

const lastDecision = statement({
  name: 'decision_last',
  text: 'SELECT coalesce(max(seq), 0) AS seq FROM scheduling_decision',
  values: (_: undefined) => [],
  row: ({ seq }: LastRow) => seq,
});

interface DecisionRow extends QueryResultRow {
  readonly seq: number;
  readonly kind: KeptDecision['kind'];
  readonly version: string;
  readonly at: number;
  readonly body: Buffer;
}

const readDecisions = statement({
  name: 'decision_read',
  text: `
    SELECT seq, kind, version, at, body FROM scheduling_decision
     WHERE seq >= coalesce((SELECT max(seq) FROM scheduling_decision WHERE kind = 'base' AND seq <= $1), $1)
     ORDER BY seq LIMIT $2`,
  values: ({ from, limit }: { from: number; limit: number }) => [from, limit],
  row: ({ seq, kind, version, at, body }: DecisionRow): KeptDecision => ({ seq, kind, version, at, body }),
});

interface PrunedRow extends QueryResultRow {
  readonly pruned: number;
}

const pruneDecisions = statement({
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

export class PostgresDecisions implements DecisionStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async last(): Promise<number> {
    return (await this.#db.one(lastDecision, undefined))!;
  }

  read(from: number, limit: number): Promise<readonly KeptDecision[]> {
    return this.#db.run(readDecisions, { from, limit });
  }

  async prune(before: number): Promise<number> {
    return (await this.#db.one(pruneDecisions, before))!;
  }
}
