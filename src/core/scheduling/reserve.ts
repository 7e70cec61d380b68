/**
 * Keeps room for the first job of a queue that can not start: the earliest moment at which, as far as durations
 * are known, quota and nodes for it are free together. Who starts before it must be gone by then, or use what
 * it will not need ("EASY" backfill: Lifka, "The ANL/IBM SP Scheduling System", 1995).
 */
import { placedOf } from './admit.ts';
import type { Cycle } from './cycle.ts';
import { charge } from './fill.ts';
import type { Holder } from './holder.ts';
import { flavorsFor, nominated } from './nominate.ts';
import { place, type Spot } from './place.ts';
import type { ReserveReason } from './plan.ts';
import type { Quota } from './quota.ts';
import type { Rooms } from './rooms.ts';
import type { Shape } from './shape.ts';
import type { PendingJob } from './snapshot.ts';

/** Heads for which room is kept in one cycle: a bound on its time. Those of other queues are looked at again in the next. */
export const MAX_RESERVATIONS = 32;

export interface Head {
  readonly job: PendingJob;
  readonly queue: number;
  readonly shape: Shape;
}

export interface Opening {
  readonly at: number;
  readonly spot: Spot;
  /** What has to go first, the last one at `at`. */
  readonly after: readonly Holder[];
}

/** Quota and rooms as they would be, while jobs are taken out of them. */
export interface Future {
  readonly quota: Quota;
  readonly rooms: Rooms;
}

/** As it is now, less what is reserved already. */
export function futureOf(cycle: Cycle): Future {
  const rooms = cycle.rooms.unreserved();
  const future = { quota: cycle.quota.copy(), rooms };
  for (const { queue, shape, flavor, parts } of cycle.reserves) {
    future.quota.charge(queue, shape.total, { flavor, times: 1 });
    for (const { node, group, count } of parts) rooms.take(node, group.requests, { times: count, ends: 0 });
  }
  return future;
}

/** Where a gang would be in it, or nothing. */
export function spotIn(cycle: Cycle, { quota, rooms }: Future, { queue, shape }: Head): Spot | undefined {
  for (const flavor of nominated(quota, queue, { shape, flavors: flavorsFor(cycle, queue) })) {
    const spot = place(rooms, shape, { flavor, ends: 0 });
    if (spot) return spot;
  }
  return undefined;
}

/**
 * The first moment at which it fits, when all ends as expected; undefined when it does not even then. Who leaves
 * makes room and never takes it, so that the moment is found by halving.
 */
export function earliest(cycle: Cycle, head: Head): Opening | undefined {
  const future = futureOf(cycle);
  const leaving = leavingOf(cycle);
  let from = 0;
  let spot: Spot | undefined;
  for (let step = 1; !spot && from < leaving.length; step *= 2) {
    const to = Math.min(leaving.length, from + step);
    release(future, leaving.slice(from, to));
    spot = spotIn(cycle, future, head);
    if (spot) {
      const last = firstThatFits({ cycle, head, future, leaving }, from, to);
      return {
        at: Math.max(cycle.now, leaving[last]!.ends),
        after: leaving.slice(0, last + 1),
        spot: spotIn(cycle, future, head) ?? spot,
      };
    }
    from = to;
  }
  return undefined;
}

interface Search {
  readonly cycle: Cycle;
  readonly head: Head;
  readonly future: Future;
  readonly leaving: readonly Holder[];
}

/** With all before `to` gone it fits, with all before `from` gone it does not. Afterwards the future is that of the answer. */
function firstThatFits({ cycle, head, future, leaving }: Search, from: number, to: number): number {
  let low = from;
  let high = to - 1;
  let gone = to;
  const moveTo = (end: number) => {
    if (end < gone) occupy(future, leaving.slice(end, gone));
    else release(future, leaving.slice(gone, end));
    gone = end;
  };
  while (low < high) {
    const middle = (low + high) >>> 1;
    moveTo(middle + 1);
    if (spotIn(cycle, future, head)) high = middle;
    else low = middle + 1;
  }
  moveTo(low + 1);
  return low;
}

/** By when they are expected to have gone. */
function leavingOf(cycle: Cycle): readonly Holder[] {
  const { holders, preempts, leaving } = cycle;
  if (leaving?.holders === holders.length && leaving.stops === preempts.length) return leaving.of;
  const of = holders
    .filter(({ parts, queue }) => parts.length > 0 || queue !== -1)
    .sort((a, b) => a.ends - b.ends || (a.uid < b.uid ? -1 : 1));
  cycle.leaving = { of, holders: holders.length, stops: preempts.length };
  return of;
}

function occupy(future: Future, holders: readonly Holder[]): void {
  for (const holder of holders) charge(future, holder, 1);
}

export function release(future: Future, holders: readonly Holder[]): void {
  for (const holder of holders) charge(future, holder, -1);
}

/** From here on, who starts must not be in its way. */
export function reserve(cycle: Cycle, head: Head, of: Opening & { readonly reason: ReserveReason }): void {
  const { job, queue, shape } = head;
  const { at, spot, after, reason } = of;
  keepQuota(cycle, head, of);
  // Its place among the jobs that its queue may run is kept as well.
  cycle.running[queue]! += 1;
  keepRoom(cycle, of, after);
  cycle.reserves.push({
    job,
    queue,
    shape,
    flavor: spot.flavor,
    parts: spot.parts,
    reserve: {
      uid: job.uid,
      agent: spot.agent,
      flavor: cycle.flavors[spot.flavor]?.name,
      domain: spot.domain,
      at,
      reason,
      placed: placedOf(cycle, spot.parts),
    },
  });
}

/** What will be used when it starts: what is used now, less what has gone by then, and the head itself. */
function keepQuota(cycle: Cycle, { queue, shape }: Head, { at, spot, after }: Opening): void {
  const root = cycle.tree.root[queue]!;
  cycle.shadow ??= cycle.quota.copy();
  if (cycle.quotaReservedAt[root] === Infinity) {
    for (const gone of after) {
      if (gone.queue !== -1 && cycle.tree.root[gone.queue] === root)
        cycle.shadow.charge(gone.queue, gone.total, { flavor: gone.flavor, times: -1 });
    }
  }
  cycle.quotaReservedAt[root] = Math.min(cycle.quotaReservedAt[root]!, at);
  cycle.shadow.charge(queue, shape.total, { flavor: spot.flavor, times: 1 });
}

/** On its nodes: what is free when it starts, less what it takes. */
function keepRoom({ rooms }: Cycle, { at, spot }: Opening, after: readonly Holder[]): void {
  const mine = new Set(spot.parts.map(({ node }) => node));
  const first = new Set([...mine].filter((node) => rooms.reservedAt[node] === Infinity));
  const width = rooms.nodes.resources.length;
  for (const node of first) {
    for (let i = node * width; i < (node + 1) * width; i += 1) rooms.long[i] = rooms.free[i]!;
  }
  for (const { parts } of after) {
    for (const { node, group, count } of parts)
      if (first.has(node)) shift(rooms, node, { group, times: count });
  }
  for (const { node, group, count } of spot.parts) shift(rooms, node, { group, times: -count });
  for (const node of mine) {
    rooms.reservedAt[node] = Math.min(rooms.reservedAt[node]!, at);
    for (let i = node * width; i < (node + 1) * width; i += 1)
      rooms.long[i] = Math.min(rooms.long[i]!, rooms.free[i]!);
  }
}

function shift(
  { long, nodes }: Rooms,
  node: number,
  { group, times }: { group: Holder['parts'][number]['group']; times: number },
): void {
  const { resources, amounts } = group.requests;
  resources.forEach((resource, i) => {
    long[node * nodes.resources.length + resource]! += amounts[i]! * times;
  });
}
