/** The `GateStore` and `SliceStore` ports over PostgreSQL. */
import type { Gate, GateOpening } from '../../../core/scheduling/gates.ts';
import type { GateStore, SliceStore, TaskSlice } from '../../../ports/task-store.ts';
import type { Database } from '../database.ts';
import { gatesWaiting, openGates } from './gates.ts';
import { allSlices, grantSlices } from './slices.ts';
import type { Hints } from './task-submitter.ts';

export class PostgresGates implements GateStore {
  readonly #db: Database;
  readonly #hints: Hints;

  constructor(db: Database, hints: Hints) {
    this.#db = db;
    this.#hints = hints;
  }

  waiting(after: { queue: string; gate: string } | undefined, limit: number): Promise<readonly Gate[]> {
    return this.#db.run(gatesWaiting, { after, limit });
  }

  async open(openings: readonly GateOpening[], now: number): Promise<readonly string[]> {
    const queues = (await this.#db.one(openGates, { openings, now, hint: this.#hints.text([]) })) ?? [];
    this.#hints.tell(queues);
    return queues;
  }
}

export class PostgresSlices implements SliceStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async grant(
    lease: { readonly holder: string; readonly epoch: number },
    slices: readonly TaskSlice[],
    now: number,
  ): Promise<boolean> {
    return (await this.#db.one(grantSlices, { lease, slices, now })) ?? false;
  }

  all(): Promise<readonly TaskSlice[]> {
    return this.#db.run(allSlices, undefined);
  }
}
