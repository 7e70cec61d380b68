/** A job that holds quota and capacity, as a cycle counts with it. */
import type { Requests, Shape, ShapeGroup } from './shape.ts';
import type { HoldingJob } from './snapshot.ts';

export interface HolderPart {
  /** -1: on a node that is not there now. */
  readonly node: number;
  readonly group: ShapeGroup;
  readonly count: number;
}

export interface Holder {
  readonly uid: string;
  /** Absent when this cycle admitted it. */
  readonly job: HoldingJob | undefined;
  /** -1: there is no such queue any more. */
  readonly queue: number;
  readonly priority: number;
  readonly shape: Shape;
  readonly flavor: number;
  readonly parts: readonly HolderPart[];
  /** Of all its members. */
  readonly total: Requests;
  /** When it is expected to have gone. */
  ends: number;
  /** It is being stopped, or will be by this plan. */
  stopping: boolean;
}

/** What those who are stopped are given to go, where they do not say, milliseconds. */
export const DEFAULT_GRACE = 30_000;

/** What is assumed of a job that does not say how long it takes, milliseconds. */
export const UNKNOWN_DURATION = 3_600_000;

/** Of a job that has run longer than expected nothing better is known than how long that is. */
const OVERRUN_MORE = 4;
const OVERRUN_LEAST = 60_000;

export function expectedEnd(job: HoldingJob, now: number): number {
  const started = job.startedAt ?? job.admittedAt ?? now;
  const end = started + (job.expectedMs ?? UNKNOWN_DURATION);
  if (job.stopsBy !== undefined) return Math.max(now, end > now ? Math.min(job.stopsBy, end) : job.stopsBy);
  if (end > now) return end;
  return now + Math.max(OVERRUN_LEAST, Math.floor((now - started) / OVERRUN_MORE));
}

/** It was let past the first of its queue, and has taken longer than it said, with the error that is usual. */
export function hasOverrun(job: HoldingJob, now: number, durationError: number): boolean {
  if (job.backfilled !== true || job.expectedMs === undefined) return false;
  return now > (job.startedAt ?? job.admittedAt ?? now) + withError(job.expectedMs, durationError);
}

/** @param durationError in thousandths */
export function withError(expectedMs: number, durationError: number): number {
  return Math.ceil((expectedMs * durationError) / 1000);
}

/** What is done again when it is stopped now: since its last checkpoint, milliseconds of each member. */
export function lostMs(job: HoldingJob, now: number): number {
  const started = job.startedAt ?? now;
  const ran = Math.max(0, now - started);
  if (job.lastCheckpointAt !== undefined) return Math.max(0, now - Math.max(started, job.lastCheckpointAt));
  const every = job.checkpointEveryMs;
  return every !== undefined && every > 0 ? ran % every : ran;
}

/** The sum of what is placed: an elastic gang may be larger than its least. */
export function totalOf(parts: readonly HolderPart[]): Requests {
  const totals = new Map<number, number>();
  for (const { group, count } of parts) {
    group.requests.resources.forEach((resource, i) => {
      totals.set(resource, (totals.get(resource) ?? 0) + group.requests.amounts[i]! * count);
    });
  }
  const sorted = [...totals].sort((a, b) => a[0] - b[0]);
  return {
    resources: Int32Array.from(sorted, ([resource]) => resource),
    amounts: Float64Array.from(sorted, ([, amount]) => amount),
  };
}
