/** What a cycle does with the line of one queue: starts its next job, or finds out why none of it can start. */
import { admit, endsBy } from './admit.ts';
import type { Entry } from './board.ts';
import { type Cycle, keyOf } from './cycle.ts';
import { behind, neverFits, noRoom, quotaExceeded } from './explain/refuse.ts';
import { say } from './explain/say.ts';
import { DEFAULT_GRACE } from './holder.ts';
import { finish, type Line, type Lines } from './lines.ts';
import { closedFor, flavorsFor, nominated, tooEarly } from './nominate.ts';
import { type PlaceOptions, place, type Spot } from './place.ts';
import type { Refusal } from './plan.ts';
import { MAX_PREEMPTORS, type Victim, victimsFor } from './preempt.ts';
import { earliest, futureOf, type Head, MAX_RESERVATIONS, release, reserve, spotIn } from './reserve.ts';
import type { Shape } from './shape.ts';
import type { PendingJob } from './snapshot.ts';

export interface Visits {
  readonly cycle: Cycle;
  readonly lines: Lines;
  /** Heads for which victims were looked for. */
  preemptors: number;
}

/** Until one job of the line starts, because then another queue may be next, or none is left. */
export function visit(visits: Visits, line: Line): void {
  const { cycle, lines } = visits;
  line.closed ??= closedFor(cycle, line);
  while (!line.closed && line.at < line.entries.length) {
    const entry = line.entries[line.at]!;
    line.at += 1;
    if (consider(visits, line, entry)) return;
  }
  finish(cycle, lines, line);
}

/** @returns whether it starts */
function consider(visits: Visits, line: Line, { job, shape }: Entry): boolean {
  const { cycle } = visits;
  const ends = endsBy(cycle, job);
  const failed = line.failed.get(shape);
  if (failed && ends >= failed.ends) return false;
  if (cycle.started.has(job.uid) || cycle.verdicts.has(job.uid) || tooEarly(cycle, job)) return false;
  const spot = spotFor(cycle, line, { shape, ends });
  if (spot) {
    admit(cycle, { job, queue: line.queue, shape, spot, backfilled: line.head !== undefined });
    return true;
  }
  const refusal = refusalFor(cycle, line, { shape, job });
  line.failed.set(shape, { ends, refusal });
  if (!refusal.alone && !line.head) {
    block(visits, line, { job, queue: line.queue, shape, refusal });
    line.closed ??= closedFor(cycle, line);
  }
  return false;
}

export function spotFor(
  cycle: Cycle,
  { queue }: Line,
  { shape, ends }: { shape: Shape; ends: number },
): Spot | undefined {
  const { quota, shadow, tree } = cycle;
  const waits = shadow !== undefined && ends > cycle.quotaReservedAt[tree.root[queue]!]!;
  for (const flavor of nominated(quota, queue, { shape, flavors: flavorsFor(cycle, queue) })) {
    if (waits && shadow.shortOf(queue, shape.total, flavor) !== -1) continue;
    const spot = placeNow(cycle, shape, { flavor, ends });
    if (spot) return spot;
  }
  return undefined;
}

/** What found no room in this cycle is not looked for again: room only gets less. */
function placeNow(cycle: Cycle, shape: Shape, options: PlaceOptions): Spot | undefined {
  const key = keyOf(options.flavor, shape);
  const failed = cycle.noRoom.get(key);
  if (failed !== undefined && options.ends >= failed) return undefined;
  const spot = place(cycle.rooms, shape, options);
  if (!spot) cycle.noRoom.set(key, options.ends);
  return spot;
}

function refusalFor(cycle: Cycle, line: Line, { shape, job }: { shape: Shape; job: PendingJob }): Refusal {
  const never = neverFits(cycle, line.queue, shape);
  if (never) return never;
  const { quota } = cycle;
  const flavors = nominated(quota, line.queue, { shape, flavors: flavorsFor(cycle, line.queue) });
  if (flavors.length === 0) return quotaExceeded(cycle, line.queue, shape);
  const fits = flavors.some((flavor) => placeNow(cycle, shape, { flavor, ends: 0 }));
  if (!fits) return noRoom(cycle, line.queue, shape);
  const first = line.head ?? cycle.reserves[0]?.job ?? job;
  return behind(first, 'delays');
}

/** The first of its queue that can not start: others are stopped for it, or room is kept for it. */
function block(visits: Visits, line: Line, head: Head & { readonly refusal: Refusal }): void {
  const { cycle } = visits;
  line.head = head.job;
  if (cycle.tree.queues[line.queue]!.ordering === 'strict') line.closed = behind(head.job, 'behind');
  cycle.verdicts.set(head.job.uid, head.refusal);
  if (head.refusal.reason === 'NoAgent') return;
  if (cycle.reserves.length >= MAX_RESERVATIONS) {
    line.closed ??= behind(head.job, 'behind');
    return;
  }
  if (waitsForStops(cycle, head)) return;
  if (visits.preemptors < MAX_PREEMPTORS) {
    visits.preemptors += 1;
    stop(cycle, head, victimsFor(cycle, head) ?? []);
    if (waitsForStops(cycle, head)) return;
  }
  const opening = earliest(cycle, head);
  if (!opening) return;
  const reason = head.refusal.reason === 'QuotaExceeded' ? 'quota' : 'capacity';
  reserve(cycle, head, { ...opening, reason });
}

/** Who is being stopped already makes room enough: nobody else has to be. */
export function waitsForStops(cycle: Cycle, head: Head): boolean {
  const after = cycle.holders.filter(({ stopping }) => stopping);
  if (after.length === 0) return false;
  const future = futureOf(cycle);
  release(future, after);
  const spot = spotIn(cycle, future, head);
  if (!spot) return false;
  const at = after.reduce((latest, { ends }) => Math.max(latest, ends), cycle.now);
  reserve(cycle, head, { at, spot, after, reason: 'preemption' });
  const message = say.stopping(after.length);
  cycle.verdicts.set(head.job.uid, { reason: 'WaitsForStops', message, alone: false });
  return true;
}

function stop(cycle: Cycle, head: Head, victims: readonly Victim[]): void {
  const { job } = head;
  for (const { holder, reason, lostMs } of victims) {
    holder.stopping = true;
    holder.ends = Math.min(holder.ends, cycle.now + (holder.job?.graceMs ?? DEFAULT_GRACE));
    cycle.disrupted[holder.queue]! += 1;
    cycle.preempts.push({
      uid: holder.uid,
      by: job.uid,
      byName: `${job.project}/${job.name}`,
      reason,
      lostMs,
    });
  }
}
