/** The waiting jobs of each queue, by rank, and how far the cycle has come with each. */
import { admissible } from './admissible.ts';
import type { Cycle } from './cycle.ts';
import type { Refusal } from './plan.ts';
import { staticRank } from './rank.ts';
import type { PendingJob } from './snapshot.ts';
import { upwards } from './tree.ts';

export interface Line {
  readonly queue: number;
  /** By rank. */
  readonly jobs: readonly PendingJob[];
  /** The next to look at. */
  at: number;
  /** The first that could not start: the others must not delay it. */
  head: PendingJob | undefined;
  /** Why the rest is not looked at, where that is so. */
  closed: Refusal | undefined;
  finished: boolean;
}

export interface Lines {
  /** By queue; of those in which something waits. */
  readonly all: readonly (Line | undefined)[];
  /** By queue: lines in it and below it that have something left. */
  readonly open: Int32Array;
  /** Of queues that are not there, or not granted: never looked at. */
  readonly outside: readonly PendingJob[];
}

export function linesOf(cycle: Cycle): Lines {
  const { tree, snapshot, verdicts } = cycle;
  const grants = new Map<string, Map<string, number>>();
  for (const { project, queue, maxPriority } of snapshot.grants) {
    const of = grants.get(queue) ?? new Map<string, number>();
    grants.set(queue, of.set(project, maxPriority));
  }
  const waiting: PendingJob[][] = tree.queues.map(() => []);
  const outside: PendingJob[] = [];
  for (const job of snapshot.pending) {
    const queue = tree.indexOf.get(job.queue);
    const refusal = admissible(job, queue, grants.get(job.queue)?.get(job.project));
    if (refusal) verdicts.set(job, refusal);
    if (refusal || queue === undefined) outside.push(job);
    else waiting[queue]!.push(job);
  }
  const open = new Int32Array(tree.queues.length);
  const all = waiting.map((jobs, queue): Line | undefined => {
    if (jobs.length === 0) return undefined;
    for (const at of upwards(tree, queue)) open[at]! += 1;
    return { queue, jobs: ranked(jobs), at: 0, head: undefined, closed: undefined, finished: false };
  });
  return { all, open, outside };
}

/** By rank; sorted by numbers that are made once, because fifty thousand jobs are compared a million times. */
function ranked(jobs: readonly PendingJob[]): readonly PendingJob[] {
  if (jobs.length === 1) return jobs;
  const ranks = Float64Array.from(jobs, staticRank);
  const order = Uint32Array.from(jobs.keys());
  order.sort((a, b) => ranks[b]! - ranks[a]! || tie(jobs[a]!, jobs[b]!));
  return Array.from(order, (index) => jobs[index]!);
}

/** Who came first; then by uid, so that no order is left to chance. */
function tie(a: PendingJob, b: PendingJob): number {
  return a.createdAt - b.createdAt || (a.uid < b.uid ? -1 : 1);
}

/** Nothing of the line is looked at any more. */
export function finish(cycle: Cycle, lines: Lines, line: Line): void {
  line.finished = true;
  for (const at of upwards(cycle.tree, line.queue)) lines.open[at]! -= 1;
}
