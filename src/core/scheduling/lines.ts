/** How far a cycle has come with the waiting jobs of each queue. */
import type { Entry } from './board.ts';
import type { Cycle } from './cycle.ts';
import type { Refusal } from './plan.ts';
import type { Shape } from './shape.ts';
import type { PendingJob } from './snapshot.ts';
import { upwards } from './tree.ts';

export interface Line {
  readonly queue: number;
  /** By rank. */
  readonly entries: readonly Entry[];
  /** The next to look at. */
  at: number;
  /** The first that could not start: the others must not delay it. */
  head: PendingJob | undefined;
  /** Why the rest is not looked at, where that is so. */
  closed: Refusal | undefined;
  finished: boolean;
  /**
   * By shape: for jobs of at least this duration it did not work, and why. Within a cycle room only gets less, so
   * that it does not work later either.
   */
  readonly failed: Map<Shape, { readonly ends: number; readonly refusal: Refusal }>;
}

export interface Lines {
  /** By queue; of those in which something waits. */
  readonly all: readonly (Line | undefined)[];
  /** By queue: lines in it and below it that have something left. */
  readonly open: Int32Array;
}

export function linesOf({ board, tree }: Cycle): Lines {
  const open = new Int32Array(tree.queues.length);
  const all = board.lines.map((entries, queue): Line | undefined => {
    if (entries.length === 0) return undefined;
    for (const at of upwards(tree, queue)) open[at]! += 1;
    return { queue, entries, at: 0, head: undefined, closed: undefined, finished: false, failed: new Map() };
  });
  return { all, open };
}

/** Nothing of the line is looked at any more. */
export function finish({ tree }: Cycle, lines: Lines, line: Line): void {
  line.finished = true;
  for (const at of upwards(tree, line.queue)) lines.open[at]! -= 1;
}
