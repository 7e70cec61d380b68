/** The `WorkerStore` port over PostgreSQL. */
import type { WorkerRecord, WorkerStore } from '../../../ports/worker-store.ts';
import type { Database } from '../database.ts';
import { tasksOfWorker } from '../tasks/get-tasks.ts';
import { getWorker, hearWorkers, listWorkers, putWorker, removeWorker, silentWorkers } from './statements.ts';

/** A worker that is gone is removed without asking how long it was silent. */
const ANY_SILENCE = -1_000_000_000_000;

export class PostgresWorkers implements WorkerStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async put(worker: WorkerRecord): Promise<boolean> {
    return (await this.#db.one(putWorker, worker)) === true;
  }

  async heard(ids: readonly string[], replica: string): Promise<ReadonlySet<string>> {
    return new Set(await this.#db.run(hearWorkers, { ids, replica }));
  }

  silent(leaseMs: number, limit: number) {
    return this.#db.run(silentWorkers, { leaseMs, limit });
  }

  held(id: string, limit: number) {
    return this.#db.run(tasksOfWorker, { worker: id, limit });
  }

  async remove(id: string, silentMs?: number): Promise<boolean> {
    return (await this.#db.one(removeWorker, { id, silentMs: silentMs ?? ANY_SILENCE })) === true;
  }

  get(id: string) {
    return this.#db.one(getWorker, id);
  }

  list() {
    return this.#db.run(listWorkers, undefined);
  }
}
