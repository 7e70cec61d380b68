/** The `AgentStore` port over PostgreSQL. */
import type { AttemptRef } from '../../../core/job/attempt.ts';
import type { AgentRecord, AgentStore, Collection } from '../../../ports/agent-store.ts';
import type { RunnerFacts } from '../../../ports/runner.ts';
import type { Database } from '../database.ts';
import { isUid } from '../uid.ts';
import { goneAgent } from './gone-agent.ts';
import { heardAgent } from './heard-agent.ts';
import { listAgents } from './list-agents.ts';
import { listCollections } from './list-collections.ts';
import { putAgent } from './put-agent.ts';
import { removeCollection } from './remove-collection.ts';

export class PostgresAgents implements AgentStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async put(name: string, facts: RunnerFacts, now: number): Promise<void> {
    await this.#db.run(putAgent, { name, facts, now });
  }

  async heard(name: string, now: number): Promise<void> {
    await this.#db.run(heardAgent, { name, now });
  }

  async gone(name: string, now: number): Promise<void> {
    await this.#db.run(goneAgent, { name, now });
  }

  list(): Promise<readonly AgentRecord[]> {
    return this.#db.run(listAgents, undefined);
  }

  collections(agent: string): Promise<readonly Collection[]> {
    return this.#db.run(listCollections, agent);
  }

  async collected(ref: AttemptRef): Promise<void> {
    if (isUid(ref.job)) await this.#db.run(removeCollection, ref);
  }
}
