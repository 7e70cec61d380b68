/** The `DecisionStore` port over PostgreSQL. Decisions are inserted with the plan that they are (`apply-plan.ts`). */
import type { DecisionPage, DecisionStore, KeptDecision } from '../../../ports/scheduler-store.ts';
import type { Database } from '../database.ts';
import { lastDecision } from './last-decision.ts';
import { pruneDecisions } from './prune-decisions.ts';
import { readDecisions } from './read-decisions.ts';

export class PostgresDecisions implements DecisionStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async last(): Promise<number> {
    return (await this.#db.one(lastDecision, undefined))!;
  }

  read(page: DecisionPage): Promise<readonly KeptDecision[]> {
    return this.#db.run(readDecisions, page);
  }

  async prune(before: number): Promise<number> {
    return (await this.#db.one(pruneDecisions, before))!;
  }
}
