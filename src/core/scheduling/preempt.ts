/**
 * Whose place the first job of a queue may take, and the least harm that makes room for it.
 *
 * Who may be stopped:
 *   - whoever was let past a head and has not ended as expected;
 *   - jobs of the same queue of a lower priority that also rank lower, as long as the queue borrows no more
 *     than before: a total order that time does not change;
 *   - jobs of queues of the tree that borrow, for one whose queue stays within its own quota.
 * The first follows from time, the second rises along a fixed order, the third only ever makes what is
 * borrowed less: nothing undoes an earlier one, so preemption ends (invariant 5). What queues used of late
 * orders them and is no ground to stop anything.
 *
 * Of all that may be stopped, a set is chosen that is minimal, none of it could stay, and loses the least work since the last
 * checkpoints that a search in each domain finds.
 */
import type { Cycle } from './cycle.ts';
import { charge } from './fill.ts';
import { type Holder, hasOverrun, lostMs } from './holder.ts';
import { borrows, cellsFor, flavorsFor, isLimited, nominated } from './nominate.ts';
import { placeIn, type Spot } from './place.ts';
import type { PreemptReason } from './plan.ts';
import { DEFAULT_DISRUPTIONS_PER_JOB, DEFAULT_PREEMPTION } from './queue.ts';
import { staticRank } from './rank.ts';
import { type Future, futureOf, type Head, spotIn } from './reserve.ts';

/** Heads for which victims are looked for in one cycle: a bound on its time. */
export const MAX_PREEMPTORS = 16;

/** Of the candidates in one domain, the cheapest so many are tried. */
const MAX_CANDIDATES = 512;

export interface Victim {
  readonly holder: Holder;
  readonly reason: PreemptReason;
  readonly lostMs: number;
  /** Work lost, weighted with the part of the cluster that is idle for it. */
  readonly cost: number;
}

export function victimsFor(cycle: Cycle, head: Head): readonly Victim[] | undefined {
  const candidates = candidatesFor(cycle, head);
  if (candidates.length === 0) return undefined;
  const future = withoutStopping(cycle);
  let best: readonly Victim[] | undefined;
  for (const search of searchesFor(cycle, head, candidates)) {
    const found = cheapest(cycle, { head, future, ...search });
    if (found && (!best || costOf(found) < costOf(best))) best = found;
  }
  return best;
}

/** What is being stopped counts as gone: it will be. */
function withoutStopping(cycle: Cycle): Future {
  const future = futureOf(cycle);
  for (const holder of cycle.holders) if (holder.stopping) charge(future, holder, -1);
  return future;
}

/** Made once a cycle: of those it found, not of those it started. */
function holdersOf(cycle: Cycle): NonNullable<Cycle['stoppable']> {
  if (cycle.stoppable) return cycle.stoppable;
  const byQueue: Holder[][] = cycle.tree.queues.map(() => []);
  const overrun: Holder[] = [];
  for (const holder of cycle.holders) {
    if (!holder.job) continue;
    if (hasOverrun(holder.job, cycle.now, cycle.durationError)) overrun.push(holder);
    else byQueue[holder.queue]?.push(holder);
  }
  cycle.stoppable = { byQueue, overrun };
  return cycle.stoppable;
}

function costOf(victims: readonly Victim[]): number {
  return victims.reduce((sum, { cost }) => sum + cost + 1, 0);
}

function candidatesFor(cycle: Cycle, head: Head): Victim[] {
  const entitled = flavorsFor(cycle, head.queue).some(
    (flavor) => !borrows(cycle.quota, head.queue, { requests: head.shape.total, flavor }),
  );
  const found: Victim[] = [];
  const lends = new Map<number, boolean>();
  const borrowing = (queue: number) => {
    let known = lends.get(queue);
    if (known === undefined) {
      known = isBorrowing(cycle, cycle.quota, { queue, from: head });
      lends.set(queue, known);
    }
    return known;
  };
  for (const holder of mayBeStopped(cycle, head, entitled ? borrowing : () => false)) {
    const reason = groundFor(cycle, head, { holder, entitled, borrowing });
    if (!reason || !holder.job) continue;
    const lost = lostMs(holder.job, cycle.now);
    const cost = Math.floor(lost * cycle.nodes.weigh(holder.total));
    found.push({ holder, reason, lostMs: lost, cost });
  }
  return found.sort(
    (a, b) =>
      Number(b.reason === 'Overrun') - Number(a.reason === 'Overrun') ||
      a.cost - b.cost ||
      a.holder.priority - b.holder.priority ||
      (a.holder.uid < b.holder.uid ? -1 : 1),
  );
}

/** Those of its own queue and of queues that borrow, and whoever has overrun. */
function* mayBeStopped(cycle: Cycle, head: Head, borrowing: (queue: number) => boolean): Generator<Holder> {
  const { overrun, byQueue } = holdersOf(cycle);
  for (const [queue, holders] of byQueue.entries()) {
    if (queue === head.queue || (cycle.tree.root[queue] === cycle.tree.root[head.queue] && borrowing(queue)))
      yield* holders;
  }
  yield* overrun;
}

interface Ground {
  readonly holder: Holder;
  /** Whether the head's queue stays within its own with it. */
  readonly entitled: boolean;
  readonly borrowing: (queue: number) => boolean;
}

function groundFor(
  cycle: Cycle,
  head: Head,
  { holder, entitled, borrowing }: Ground,
): PreemptReason | undefined {
  const { job, queue, stopping } = holder;
  if (!job || stopping || queue === -1 || job.unreachable === true) return undefined;
  if (hasOverrun(job, cycle.now, cycle.durationError)) return 'Overrun';
  if (isSpent(cycle, holder)) return undefined;
  const { withinQueue, reclaim } = cycle.tree.queues[head.queue]!.preemption ?? DEFAULT_PREEMPTION;
  const lower = job.priority < head.job.priority;
  if (queue === head.queue) {
    const outranked = lower && staticRank(job) < staticRank(head.job);
    return withinQueue === 'lowerPriority' && outranked ? 'HigherPriority' : undefined;
  }
  if (!entitled || reclaim === 'never' || (reclaim === 'lowerPriority' && !lower)) return undefined;
  return borrowing(queue) ? 'Reclaimed' : undefined;
}

/** Its own budget of disruptions, or that of its queue, is used up. */
function isSpent(cycle: Cycle, { job, queue }: Holder): boolean {
  const { disruptions } = cycle.tree.queues[queue]!;
  if ((job?.preemptions ?? 0) >= (disruptions?.perJob ?? DEFAULT_DISRUPTIONS_PER_JOB)) return true;
  return cycle.disrupted[queue]! >= (disruptions?.perHour ?? Infinity);
}

/** Whether a queue, or one above it below what the two have in common, uses more than its own of what the head needs. */
function isBorrowing(
  { tree }: Pick<Cycle, 'tree'>,
  quota: Cycle['quota'],
  { queue, from }: { readonly queue: number; readonly from: Head },
): boolean {
  if (tree.root[queue] !== tree.root[from.queue]) return false;
  for (let at = queue; at !== -1 && !isAbove(tree, at, from.queue); at = tree.parent[at]!)
    if (usesMore(quota, at, from)) return true;
  return false;
}

/** A queue is also above itself. */
function isAbove({ parent, depth }: Cycle['tree'], above: number, queue: number): boolean {
  let at = queue;
  while (at !== -1 && depth[at]! > depth[above]!) at = parent[at]!;
  return at === above;
}

function usesMore(quota: Cycle['quota'], queue: number, { shape }: Head): boolean {
  const { cells, held } = quota;
  const { resources } = shape.total;
  for (let i = 0; i < resources.length; i += 1) {
    for (let cell = resources[i]!; cell < cells.count; cell += cells.resources.length) {
      if (!isLimited(quota, queue, cell)) continue;
      if (held[queue * cells.count + cell]! > quota.nominalOf(queue, cell)) return true;
    }
  }
  return false;
}

/** A part of the nodes in which the gang would be whole, and who could go there. */
interface Search {
  readonly candidates: readonly Victim[];
  readonly fits: (future: Future) => Spot | undefined;
}

/** In each domain by itself where the gang must be in one; a single member is on one node. */
function* searchesFor(cycle: Cycle, head: Head, candidates: readonly Victim[]): Generator<Search> {
  const { shape, queue } = head;
  const flavors = flavorsFor(cycle, queue);
  const required = shape.topology?.required ? shape.topology.level : 'none';
  const level = shape.members === 1 ? 'node' : required;
  const { names, of } = cycle.nodes.domains(level);
  if (level === 'none') {
    const fits = (future: Future) => spotIn(cycle, future, head);
    yield { candidates: candidates.slice(0, MAX_CANDIDATES), fits };
    return;
  }
  const elsewhere = candidates.filter(({ holder }) => holder.parts.every(({ node }) => node === -1));
  const byDomain = names.map((): Victim[] => [...elsewhere]);
  for (const victim of candidates) {
    for (const domain of new Set(victim.holder.parts.map(({ node }) => of[node] ?? -1)))
      byDomain[domain]?.push(victim);
  }
  const outer = cycle.nodes.domains(required);
  // What quota lacks may be given back by jobs of any node.
  const anywhere = flavors.every((flavor) => cycle.quota.shortOf(queue, shape.total, flavor) !== -1);
  for (let domain = 0; domain < names.length; domain += 1) {
    if (level === 'node' && outer.of[domain] === -1) continue;
    const here = byDomain[domain]!;
    const chosen = anywhere ? [...here, ...candidates.filter((victim) => !here.includes(victim))] : here;
    if (chosen.length === 0) continue;
    const fits = (future: Future) => {
      for (const flavor of nominated(future.quota, queue, { shape, flavors })) {
        const spot = placeIn(future.rooms, shape, { flavor, ends: 0, level, domain });
        if (spot) return spot;
      }
      return undefined;
    };
    yield { candidates: chosen.slice(0, MAX_CANDIDATES), fits };
  }
}

interface Trial extends Search {
  readonly head: Head;
  readonly future: Future;
}

/**
 * Takes the cheapest out until the head fits; then puts back, the dearest first, whoever need not go. The
 * future is left as it was.
 */
function cheapest(cycle: Cycle, trial: Trial): readonly Victim[] | undefined {
  const { candidates, future, fits } = trial;
  let gone: readonly Victim[] = [];
  let found = false;
  for (const victim of candidates) {
    if (!mayStillGo(cycle, trial, victim)) continue;
    charge(future, victim.holder, -1);
    gone = [...gone, victim];
    found = fits(future) !== undefined && !borrowsMore(cycle, trial, gone);
    if (!found) continue;
    gone = minimal(cycle, trial, gone);
    break;
  }
  for (const { holder } of gone) charge(future, holder, 1);
  return found ? gone : undefined;
}

/** A queue that has given back what it borrowed gives no more. */
function mayStillGo(cycle: Cycle, { future, head }: Trial, { holder, reason }: Victim): boolean {
  return reason !== 'Reclaimed' || isBorrowing(cycle, future.quota, { queue: holder.queue, from: head });
}

/** Jobs of its own queue make way for its own quota: the queue borrows no more for it than it did. */
function borrowsMore(cycle: Cycle, { future, head }: Trial, gone: readonly Victim[]): boolean {
  if (!gone.some(({ reason }) => reason === 'HigherPriority')) return false;
  return flavorsFor(cycle, head.queue).every((flavor) =>
    cellsFor(future.quota, { requests: head.shape.total, flavor }).some(({ cell, amount }) => {
      if (!isLimited(future.quota, head.queue, cell)) return false;
      const own = head.queue * future.quota.cells.count + cell;
      const after = future.quota.held[own]! + amount;
      return after > future.quota.nominalOf(head.queue, cell) && after > cycle.quota.held[own]!;
    }),
  );
}

function minimal(cycle: Cycle, trial: Trial, gone: readonly Victim[]): readonly Victim[] {
  const { future, fits } = trial;
  const needed: Victim[] = [];
  const dearestFirst = [...gone].reverse();
  dearestFirst.forEach((victim, at) => {
    charge(future, victim.holder, 1);
    const rest = [...needed, ...dearestFirst.slice(at + 1)];
    if (fits(future) && !borrowsMore(cycle, trial, rest)) return;
    charge(future, victim.holder, -1);
    needed.push(victim);
  });
  return needed;
}
