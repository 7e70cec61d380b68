/**
 * Whether, and with which flavor, a queue would let a job in: its state, its limits, its quota. The flavors
 * are tried in their order, those for which nothing has to be borrowed first.
 */
import type { Cycle } from './cycle.ts';
import { say } from './explain/say.ts';
import type { Line } from './lines.ts';
import type { Refusal } from './plan.ts';
import type { Quota } from './quota.ts';
import type { Requests, Shape } from './shape.ts';
import type { PendingJob } from './snapshot.ts';
import { upwards } from './tree.ts';

/** What keeps the whole queue from starting anything. */
export function closedFor(cycle: Cycle, { queue }: Line): Refusal | undefined {
  const { tree, running } = cycle;
  for (const at of upwards(tree, queue)) {
    const { name, state } = tree.queues[at]!;
    if (state === 'paused')
      return {
        reason: 'QueuePaused',
        message: say.paused(tree.queues[queue]!.name, name),
        blockedBy: `queue/${name}`,
        alone: false,
      };
  }
  const { name, maxRunning } = tree.queues[queue]!;
  if (maxRunning === undefined || running[queue]! < maxRunning) return undefined;
  const message = say.runningLimit(name, running[queue]!, maxRunning);
  return { reason: 'RunningLimit', message, blockedBy: `queue/${name}`, alone: false };
}

export function tooEarly({ now }: Cycle, { startAfter }: PendingJob): Refusal | undefined {
  if (startAfter === undefined || startAfter <= now) return undefined;
  return { reason: 'StartAfter', message: `not before ${new Date(startAfter).toISOString()}`, alone: true };
}

/** Indexes of the flavors that jobs of a queue may use, in order; -1 stands for any node. */
export function flavorsFor({ tree, flavorIndex }: Cycle, queue: number): readonly number[] {
  const own = tree.flavors[queue]!;
  if (own.length === 0) return ANY;
  return own.flatMap(({ flavor }) => flavorIndex.get(flavor) ?? []);
}

const ANY: readonly number[] = [-1];

/** Flavors for which there is quota now: first those within the queue's own. */
export function nominated(quota: Quota, queue: number, of: { shape: Shape; flavors: readonly number[] }) {
  const { shape, flavors } = of;
  const fitting = flavors.filter((flavor) => quota.shortOf(queue, shape.total, flavor) === -1);
  if (fitting.length < 2) return fitting;
  const own = fitting.filter((flavor) => !borrows(quota, queue, { requests: shape.total, flavor }));
  return [...own, ...fitting.filter((flavor) => !own.includes(flavor))];
}

/** Whether more than its own would then be used, in any cell that is limited. */
export function borrows(quota: Quota, queue: number, of: { requests: Requests; flavor: number }): boolean {
  return cellsFor(quota, of).some(({ cell, amount }) => {
    const own = queue * quota.cells.count + cell;
    if (!isLimited(quota, queue, cell)) return false;
    return quota.held[own]! + amount > quota.nominalOf(queue, cell);
  });
}

export function isLimited({ tree, cells }: Quota, queue: number, cell: number): boolean {
  return cells.limited[tree.root[queue]! * cells.count + cell] === 1;
}

/** What a gang charges, cell by cell. */
export function cellsFor({ cells }: Quota, { requests, flavor }: { requests: Requests; flavor: number }) {
  const charged: { cell: number; amount: number }[] = [];
  requests.resources.forEach((resource, i) => {
    const amount = requests.amounts[i]!;
    charged.push({ cell: resource, amount });
    if (flavor !== -1) charged.push({ cell: (flavor + 1) * cells.resources.length + resource, amount });
  });
  return charged;
}
