/** Takes quota and room for a job that starts. */
import type { Admitted, Cycle } from './cycle.ts';
import { charge } from './fill.ts';
import { type Holder, UNKNOWN_DURATION, withError } from './holder.ts';
import type { Spot } from './place.ts';
import type { Admit } from './plan.ts';
import type { Shape } from './shape.ts';
import type { PendingJob, Placed } from './snapshot.ts';

export interface Start {
  readonly job: PendingJob;
  readonly queue: number;
  readonly shape: Shape;
  readonly spot: Spot;
  readonly backfilled: boolean;
}

/** When a job that starts now is expected to have ended; Infinity when it does not say: then it is in nobody's way only where it may stay. */
export function endsBy(cycle: Cycle, { expectedMs }: PendingJob): number {
  return expectedMs === undefined ? Infinity : cycle.now + withError(expectedMs, cycle.durationError);
}

export function admit(cycle: Cycle, start: Start): void {
  const { job, queue, shape, spot, backfilled } = start;
  const holder: Holder = {
    uid: job.uid,
    job: undefined,
    queue,
    priority: job.priority,
    shape,
    flavor: spot.flavor,
    parts: spot.parts,
    total: shape.total,
    ends: cycle.now + (job.expectedMs ?? UNKNOWN_DURATION),
    stopping: false,
  };
  take(cycle, holder, endsBy(cycle, job));
  cycle.running[queue]! += 1;
  cycle.started.add(job.uid);
  cycle.verdicts.delete(job.uid);
  cycle.admits.push({ job, holder, spot, admit: admission(cycle, { job, spot, shape, backfilled }) });
}

/** @param ends as reservations count it: with the error that is usual */
export function take(cycle: Cycle, holder: Holder, ends: number): void {
  charge(cycle, { ...holder, ends }, 1);
  cycle.shares.charge(holder.queue, holder.total);
  const root = cycle.tree.root[holder.queue]!;
  if (cycle.shadow && ends > cycle.quotaReservedAt[root]!)
    cycle.shadow.charge(holder.queue, holder.total, { flavor: holder.flavor, times: 1 });
  cycle.holders.push(holder);
}

function admission(
  cycle: Cycle,
  { job, spot, shape, backfilled }: Pick<Start, 'job' | 'spot' | 'shape' | 'backfilled'>,
): Admit {
  return {
    uid: job.uid,
    agent: spot.agent,
    flavor: cycle.flavors[spot.flavor]?.name,
    domain: spot.domain,
    members: sizes(shape, spot.parts),
    placed: placedOf(cycle, spot.parts),
    backfilled,
  };
}

/** Of a job that grew. */
export function grown(cycle: Cycle, { admit: before, holder }: Admitted, parts: Holder['parts']): Admit {
  return { ...before, members: sizes(holder.shape, parts), placed: placedOf(cycle, parts) };
}

/** By group, in the order of the job. */
function sizes({ groups }: Shape, parts: Holder['parts']): number[] {
  const members = groups.map(() => 0);
  for (const { group, count } of parts) members[group.at]! += count;
  return members;
}

export function placedOf({ nodes }: Cycle, parts: Holder['parts']): Placed[] {
  const placed = parts.map(({ node, group, count }) => ({
    node: nodes.all[node]?.name ?? '',
    group: group.at,
    count,
  }));
  return placed.sort((a, b) => a.group - b.group || (a.node < b.node ? -1 : 1));
}
