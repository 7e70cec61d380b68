/** What becomes of a schedule when somebody writes it: its due times begin anew only when they are others. */
import type { Owner } from '../access/owner.ts';
import type { Schedule, ScheduleSpec } from './schedule.ts';

export interface Revision {
  readonly labels: Schedule['labels'];
  readonly spec: ScheduleSpec;
  /** Who writes it: what its jobs do from now on is theirs to answer for. */
  readonly owner: Owner;
  readonly now: number;
}

/** The first due time strictly after a moment; undefined: never. */
export type NextAfter = (spec: ScheduleSpec, after: number) => number | undefined;

export function revise(schedule: Schedule, to: Revision, next: NextAfter): Schedule {
  const { now, ...fields } = to;
  const nextAt = sameTimes(schedule.spec, to.spec) ? schedule.nextAt : firstOf(schedule, to, next);
  return { ...schedule, ...fields, nextAt, version: schedule.version + 1, updatedAt: now };
}

/** Suspended or resumed by somebody: it stays its owner's. */
export function withSuspension(
  schedule: Schedule,
  { suspended, now }: { readonly suspended: boolean; readonly now: number },
  next: NextAfter,
): Schedule {
  const { labels, owner } = schedule;
  return revise(schedule, { labels, owner, now, spec: { ...schedule.spec, suspended } }, next);
}

/** So far back a clock may be set by what keeps it right, milliseconds; one that was further ahead was wrong. */
const SET_RIGHT = 3_600_000;

/** A moment that was dealt with does not come back when the clock was set right meanwhile. */
function firstOf({ lastDueAt = 0 }: Schedule, { spec, now }: Revision, next: NextAfter): number | undefined {
  if (spec.suspended) return undefined;
  return next(spec, lastDueAt > now + SET_RIGHT ? now : Math.max(now, lastDueAt));
}

function sameTimes(a: ScheduleSpec, b: ScheduleSpec): boolean {
  return a.cron === b.cron && a.timeZone === b.timeZone && a.suspended === b.suspended;
}
