/** Makes decisions again from what they were made on: the same version of the scheduler makes the same (invariant 7). */
import { Board, type Delta, withJobs } from './board.ts';
import { type DecisionRecord, SCHEDULER_VERSION } from './engine.ts';
import { scheduleBoard } from './schedule.ts';
import type { Snapshot } from './snapshot.ts';

export interface Replayed {
  /** Of the record, as JSON. */
  readonly recorded: string;
  /** Made now. */
  readonly replayed: string;
}

/** One after the other, from a base on. */
export class Replay {
  #snapshot: Snapshot | undefined;
  #board: Board | undefined;

  /** @returns undefined before the first base @throws RangeError when another version made the record */
  next(record: DecisionRecord): Replayed | undefined {
    if (record.version !== SCHEDULER_VERSION)
      throw new RangeError(`made by scheduler ${record.version}; this one is ${SCHEDULER_VERSION}`);
    if (record.kind === 'base') this.#base(record.input as Snapshot);
    else if (this.#snapshot) this.#delta(record.input as RecordedDelta);
    if (!this.#snapshot || !this.#board) return undefined;
    const { admit, reserve, preempt } = scheduleBoard(this.#board, this.#snapshot, record.now);
    return {
      recorded: JSON.stringify(record.plan),
      replayed: JSON.stringify({ admit, reserve, preempt }),
    };
  }

  #base(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#board = new Board(snapshot);
  }

  #delta({ light, ...delta }: RecordedDelta): void {
    const before = this.#snapshot!;
    this.#snapshot = { ...withJobs(before, delta), ...delta.rest, ...light };
    if (delta.rest || !this.#board!.update(delta)) this.#board = new Board(this.#snapshot);
  }
}

/** What changes with every cycle lies beside what rarely does. */
type RecordedDelta = Delta & { readonly light: Pick<Snapshot, 'uses' | 'durationError' | 'reserved'> };
