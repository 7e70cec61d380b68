/** The scheduler in its own thread: what changed goes in, what was decided comes out. */
import type { Delta } from '../core/scheduling/board.ts';
import type { CycleResult } from '../core/scheduling/engine.ts';
import type { Waiting } from '../core/scheduling/plan.ts';
import type { Answers, Question } from '../core/scheduling/questions.ts';
import type { Snapshot } from '../core/scheduling/snapshot.ts';
import type { KeptUse } from '../core/scheduling/uses.ts';

/** As it is kept: the body is compressed JSON of a `DecisionRecord`. */
export interface RecordedDecision {
  readonly kind: 'base' | 'delta';
  readonly version: string;
  readonly at: number;
  readonly body: Uint8Array;
}

export interface PlannedCycle extends Omit<CycleResult, 'record'> {
  readonly record?: RecordedDecision | undefined;
}

export interface Planner {
  /** All that there is: the board is made anew. */
  reset(snapshot: Snapshot, uses: readonly KeptUse[]): Promise<void>;
  /** Undefined when it has to be reset first: a thread that died took its board with it. */
  cycle(delta: Delta, now: number): Promise<PlannedCycle | undefined>;
  /** These reasons are written. */
  told(waiting: readonly Waiting[]): Promise<void>;
  /** Undefined while this replica does not schedule. */
  ask<K extends Question['kind']>(question: Extract<Question, { kind: K }>): Promise<Answers[K] | undefined>;
  close(): Promise<void>;
}
